/* SPDX-License-Identifier: BSD-3-Clause */
/* setitimer(2), getitimer(2) and alarm(2). */
#include <uk/clock.h>
#include <uk/clock_timer.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

static void send_signal(struct uk_clock_timer *timer, u64 times);

static struct uk_clock_timer timers[] = {
	[ITIMER_REAL] = {.clock = CLOCK_MONOTONIC, .expired = send_signal},
	[ITIMER_VIRTUAL] = {.clock = CLOCK_PROCESS_CPUTIME_ID, .expired = send_signal},
	[ITIMER_PROF] = {.clock = CLOCK_PROCESS_CPUTIME_ID, .expired = send_signal},
};

static void send_signal(struct uk_clock_timer *timer, u64 times)
{
	static const int signals[] = {
		[ITIMER_REAL] = SIGALRM,
		[ITIMER_VIRTUAL] = SIGVTALRM,
		[ITIMER_PROF] = SIGPROF,
	};
	const siginfo_t information = {
		.si_signo = signals[timer - timers],
		.si_code = SI_KERNEL,
	};

	uk_signal_send(NULL, &information);
}

static struct timeval to_timeval(s64 ns)
{
	return (struct timeval){ns / NS_PER_SECOND, ns % NS_PER_SECOND / NS_PER_US};
}

/* What is left is not told to be nothing (Linux, itimer_get_remtime). */
static struct itimerval read_timer(const struct uk_clock_timer *timer)
{
	s64 left = uk_clock_timer_left(timer);

	return (struct itimerval){
		.it_interval = to_timeval(left ? timer->interval : 0),
		.it_value = to_timeval(left ? MAX(left, NS_PER_US) : 0),
	};
}

static int to_ns(const struct timeval *time, s64 *ns)
{
	const struct timespec precise = {time->tv_sec, time->tv_usec * NS_PER_US};

	if (time->tv_usec < 0 || time->tv_usec >= US_PER_SECOND)
		return -EINVAL;
	return uk_timespec_to_ns(&precise, ns);
}

UK_LLSYSCALL_R_DEFINE(int, getitimer, int, which, struct itimerval *, curr_value)
{
	struct itimerval value;

	if ((unsigned int)which >= ARRAY_SIZE(timers))
		return -EINVAL;
	value = read_timer(&timers[which]);
	return copy_to_user(curr_value, &value, sizeof(value));
}

UK_SYSCALL_PARTIAL(setitimer, "ITIMER_VIRTUAL counts time in the kernel too");
UK_LLSYSCALL_R_DEFINE(int, setitimer, int, which, const struct itimerval *, new_value,
		      struct itimerval *, old_value)
{
	/* Linux takes NULL for a timer that is stopped. */
	struct itimerval new = {0}, old;
	s64 value, interval;

	if (new_value && copy_from_user(&new, new_value, sizeof(new)))
		return -EFAULT;
	if ((unsigned int)which >= ARRAY_SIZE(timers) || to_ns(&new.it_value, &value) ||
	    to_ns(&new.it_interval, &interval))
		return -EINVAL;
	old = read_timer(&timers[which]);
	uk_clock_timer_set(&timers[which], false, value, interval);
	return old_value ? copy_to_user(old_value, &old, sizeof(old)) : 0;
}

UK_SYSCALL_R_DEFINE(unsigned int, alarm, unsigned int, seconds)
{
	s64 left = uk_clock_timer_left(&timers[ITIMER_REAL]);

	uk_clock_timer_set(&timers[ITIMER_REAL], false, seconds * NS_PER_SECOND, 0);
	/* To the nearest second, but not to none (Linux, alarm_setitimer). */
	if (left && left < NS_PER_SECOND)
		return 1;
	return (unsigned int)((left + NS_PER_SECOND / 2) / NS_PER_SECOND);
}
