/* SPDX-License-Identifier: BSD-3-Clause */
/* setitimer(2), getitimer(2) and alarm(2). */
#include <uk/clock.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

static struct timeval to_timeval(s64 ns)
{
	return (struct timeval){ns / NS_PER_SECOND, ns % NS_PER_SECOND / NS_PER_US};
}

/* A remaining time is never reported as zero (Linux, itimer_get_remtime). */
static struct itimerval to_itimerval(struct uk_timer_setting setting)
{
	return (struct itimerval){
		.it_interval = to_timeval(setting.interval),
		.it_value = to_timeval(setting.value ? MAX(setting.value, NS_PER_US) : 0),
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

	if ((unsigned int)which >= UK_INTERVAL_TIMERS)
		return -EINVAL;
	value = to_itimerval(uk_interval_timer_get(uk_process_current(), which));
	return copy_to_user(curr_value, &value, sizeof(value));
}

UK_SYSCALL_PARTIAL(setitimer, "ITIMER_VIRTUAL includes time in the kernel");
UK_LLSYSCALL_R_DEFINE(int, setitimer, int, which, const struct itimerval *, new_value,
		      struct itimerval *, old_value)
{
	/* Linux accepts NULL and stops the timer. */
	struct itimerval new = {0}, old;
	struct uk_timer_setting setting;

	if (new_value && copy_from_user(&new, new_value, sizeof(new)))
		return -EFAULT;
	if ((unsigned int)which >= UK_INTERVAL_TIMERS || to_ns(&new.it_value, &setting.value) ||
	    to_ns(&new.it_interval, &setting.interval))
		return -EINVAL;
	old = to_itimerval(uk_interval_timer_get(uk_process_current(), which));
	uk_interval_timer_set(uk_process_current(), which, &setting);
	return old_value ? copy_to_user(old_value, &old, sizeof(old)) : 0;
}

UK_SYSCALL_R_DEFINE(unsigned int, alarm, unsigned int, seconds)
{
	const struct uk_timer_setting setting = {.value = seconds * NS_PER_SECOND};
	s64 left = uk_interval_timer_get(uk_process_current(), ITIMER_REAL).value;

	uk_interval_timer_set(uk_process_current(), ITIMER_REAL, &setting);
	/* To the nearest second, but not to zero (Linux, alarm_setitimer). */
	if (left && left < NS_PER_SECOND)
		return 1;
	return (unsigned int)((left + NS_PER_SECOND / 2) / NS_PER_SECOND);
}
