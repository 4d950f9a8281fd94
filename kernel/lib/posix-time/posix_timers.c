/* SPDX-License-Identifier: BSD-3-Clause */
/* timer_create(2) and its kin. */
#include <uk/alloc.h>
#include <uk/clock.h>
#include <uk/clock_timer.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#define TIMERS_MAX UK_SIGNAL_QUEUE_MAX

struct posix_timer {
	struct uk_clock_timer clock_timer;
	struct uk_signal_entry entry;
	bool sends, waits;	/* a signal; it is in the queue */
	pid_t receiver;		/* SIGEV_THREAD_ID; 0: the process */
	unsigned int delivered; /* overruns, as the last signal told them */
	int id;
	struct posix_timer *next;
};

static struct posix_timer *timers;
static unsigned int timer_count;
static int next_id;

static struct posix_timer **find(int id)
{
	struct posix_timer **link = &timers;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

static void signal_taken(struct uk_signal_entry *entry)
{
	struct posix_timer *timer = container_of(entry, struct posix_timer, entry);

	timer->waits = false;
	timer->delivered = entry->information.si_overrun;
}

static unsigned int clamp(u64 overruns)
{
	return (unsigned int)MIN(overruns, (u64)INT32_MAX);
}

static void expired(struct uk_clock_timer *clock_timer, u64 times)
{
	struct posix_timer *timer = container_of(clock_timer, struct posix_timer, clock_timer);
	siginfo_t *information = &timer->entry.information;
	struct uk_thread *receiver = NULL;

	if (!timer->sends)
		return;
	if (timer->waits) {
		information->si_overrun = clamp(information->si_overrun + times);
		return;
	}
	information->si_overrun = clamp(times - 1);
	if (timer->receiver) {
		receiver = uk_thread_find(timer->receiver);
		if (!receiver)
			return;
	}
	timer->waits = uk_signal_send_entry(receiver, &timer->entry);
}

/* 0 when there are timers on the clock; as Linux says it for each clock. */
static int check_clock(clockid_t clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		return 0;
	default:
		return uk_clock_read(clock) == -EINVAL ? -EINVAL : -EOPNOTSUPP;
	}
}

static bool is_valid(const struct sigevent *event)
{
	switch (event->sigev_notify) {
	case SIGEV_NONE:
		return true;
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		if (!uk_thread_find(event->sigev_notify_thread_id))
			return false;
		break;
	case SIGEV_SIGNAL:
	case SIGEV_THREAD:
		break;
	default:
		return false;
	}
	return event->sigev_signo > 0 && event->sigev_signo <= _NSIG;
}

UK_SYSCALL_PARTIAL(timer_create, "no clocks of other processes, devices and alarms");
UK_LLSYSCALL_R_DEFINE(int, timer_create, clockid_t, clockid, struct sigevent *, sevp, int *,
		      timerid)
{
	struct sigevent event = {.sigev_signo = SIGALRM, .sigev_value = (u64)next_id};
	int error = check_clock(clockid), id = next_id;
	struct posix_timer *timer;

	if (error)
		return error;
	if (sevp && copy_from_user(&event, sevp, sizeof(event)))
		return -EFAULT;
	if (!is_valid(&event))
		return -EINVAL;
	if (copy_to_user(timerid, &id, sizeof(id)))
		return -EFAULT;
	timer = timer_count < TIMERS_MAX ? uk_zalloc(sizeof(*timer)) : NULL;
	if (!timer)
		return -EAGAIN;
	timer->clock_timer.clock = clockid;
	timer->clock_timer.expired = expired;
	timer->sends = event.sigev_notify != SIGEV_NONE;
	if (event.sigev_notify & SIGEV_THREAD_ID)
		timer->receiver = event.sigev_notify_thread_id;
	timer->entry.information.si_signo = event.sigev_signo;
	timer->entry.information.si_code = SI_TIMER;
	timer->entry.information.si_timerid = id;
	timer->entry.information.si_value = event.sigev_value;
	timer->entry.taken = signal_taken;
	timer->id = id;
	timer->next = timers;
	timers = timer;
	timer_count++;
	do
		next_id = (next_id + 1) & INT32_MAX;
	while (*find(next_id));
	return 0;
}

static struct itimerspec read_timer(const struct posix_timer *timer)
{
	s64 left = uk_clock_timer_left(&timer->clock_timer);

	return (struct itimerspec){
		.it_interval = uk_timespec_from_ns(left ? timer->clock_timer.interval : 0),
		.it_value = uk_timespec_from_ns(left),
	};
}

UK_LLSYSCALL_R_DEFINE(int, timer_settime, int, timerid, int, flags, const struct itimerspec *,
		      new_value, struct itimerspec *, old_value)
{
	struct posix_timer *timer = *find(timerid);
	struct itimerspec new, old;
	s64 value, interval;

	if (!new_value)
		return -EINVAL;
	if (copy_from_user(&new, new_value, sizeof(new)))
		return -EFAULT;
	if (!timer || uk_timespec_to_ns(&new.it_value, &value) ||
	    uk_timespec_to_ns(&new.it_interval, &interval))
		return -EINVAL;
	old = read_timer(timer);
	uk_clock_timer_set(&timer->clock_timer, flags & TIMER_ABSTIME, value, interval);
	return old_value ? copy_to_user(old_value, &old, sizeof(old)) : 0;
}

UK_LLSYSCALL_R_DEFINE(int, timer_gettime, int, timerid, struct itimerspec *, curr_value)
{
	const struct posix_timer *timer = *find(timerid);
	struct itimerspec value;

	if (!timer)
		return -EINVAL;
	value = read_timer(timer);
	return copy_to_user(curr_value, &value, sizeof(value));
}

UK_SYSCALL_R_DEFINE(int, timer_getoverrun, int, timerid)
{
	const struct posix_timer *timer = *find(timerid);

	return timer ? (int)timer->delivered : -EINVAL;
}

UK_SYSCALL_R_DEFINE(int, timer_delete, int, timerid)
{
	struct posix_timer **link = find(timerid), *timer = *link;

	if (!timer)
		return -EINVAL;
	*link = timer->next;
	timer_count--;
	uk_clock_timer_set(&timer->clock_timer, false, 0, 0);
	uk_signal_withdraw(&timer->entry);
	uk_free(timer);
	return 0;
}
