/* SPDX-License-Identifier: BSD-3-Clause */
/* timer_create(2) and related calls. */
#include <uk/clock.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* 0 if there are timers on the clock; the errno for each clock is Linux's. */
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
	const struct uk_thread *thread;

	switch (event->sigev_notify) {
	case SIGEV_NONE:
		return true;
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		thread = uk_thread_find(event->sigev_notify_thread_id);
		if (!thread || thread->process != uk_process_current())
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

UK_SYSCALL_PARTIAL(timer_create, "no clocks of other processes, no device or alarm clocks");
UK_LLSYSCALL_R_DEFINE(int, timer_create, clockid_t, clockid, struct sigevent *, sevp, int *,
		      timerid)
{
	struct uk_process *process = uk_process_current();
	const int id = process->timers.posix_next_id;
	struct sigevent event = {.sigev_signo = SIGALRM, .sigev_value = (u64)id};
	int error = check_clock(clockid);

	if (error)
		return error;
	if (sevp && copy_from_user(&event, sevp, sizeof(event)))
		return -EFAULT;
	if (!is_valid(&event))
		return -EINVAL;
	if (copy_to_user(timerid, &id, sizeof(id)))
		return -EFAULT;
	return uk_posix_timer_create(process, clockid, &event);
}

static int put_setting(struct itimerspec __user *user, const struct uk_timer_setting *setting)
{
	const struct itimerspec spec = uk_itimerspec_from_setting(setting);

	return copy_to_user(user, &spec, sizeof(spec));
}

UK_LLSYSCALL_R_DEFINE(int, timer_settime, int, timerid, int, flags, const struct itimerspec *,
		      new_value, struct itimerspec *, old_value)
{
	struct uk_timer_setting new, old;
	struct itimerspec spec;
	int error;

	if (!new_value)
		return -EINVAL;
	if (copy_from_user(&spec, new_value, sizeof(spec)))
		return -EFAULT;
	error = uk_itimerspec_to_setting(&spec, &new);
	if (!error)
		error = uk_posix_timer_set(uk_process_current(), timerid, flags & TIMER_ABSTIME,
					   &new, &old);
	return error || !old_value ? error : put_setting(old_value, &old);
}

UK_LLSYSCALL_R_DEFINE(int, timer_gettime, int, timerid, struct itimerspec *, curr_value)
{
	struct uk_timer_setting setting;
	int error = uk_posix_timer_get(uk_process_current(), timerid, &setting);

	return error ? error : put_setting(curr_value, &setting);
}

UK_SYSCALL_R_DEFINE(int, timer_getoverrun, int, timerid)
{
	return uk_posix_timer_overruns(uk_process_current(), timerid);
}

UK_SYSCALL_R_DEFINE(int, timer_delete, int, timerid)
{
	return uk_posix_timer_delete(uk_process_current(), timerid);
}
