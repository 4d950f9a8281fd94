/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and setting clocks, and sleeping. */
#include <uk/arch/uaccess.h>
#include <uk/clock.h>
#include <uk/credentials.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>

#define SETTIME_MAX (INT64_MAX - 30L * 365 * 24 * 3600 * NS_PER_SECOND)

UK_SYSCALL_PARTIAL(clock_gettime, "processor time clocks advance with the wall clock; no clocks "
				  "of other processes or devices");
UK_SYSCALL_R_DEFINE(int, clock_gettime, clockid_t, clockid, struct timespec *, tp)
{
	s64 now = uk_clock_read(clockid);

	if (now == -EINVAL)
		return -EINVAL;
	/* Written out: the compiler divides unsigned numbers in fewer instructions. */
	if (!ukarch_put_pair(tp, (u64)now / NS_PER_SECOND, (u64)now % NS_PER_SECOND))
		return -EFAULT;
	return 0;
}

UK_SYSCALL_PARTIAL(clock_getres, "always 1 ns; the clocks of clock_gettime");
UK_SYSCALL_R_DEFINE(int, clock_getres, clockid_t, clockid, struct timespec *, res)
{
	const struct timespec resolution = {.tv_nsec = 1};

	if (uk_clock_read(clockid) == -EINVAL)
		return -EINVAL;
	return res ? copy_to_user(res, &resolution, sizeof(resolution)) : 0;
}

UK_SYSCALL_R_DEFINE(int, clock_settime, clockid_t, clockid, const struct timespec *, tp)
{
	s64 now;
	int error;

	if (clockid != CLOCK_REALTIME)
		return -EINVAL;
	error = uk_user_timespec(tp, &now);
	if (error)
		return error;
	/* Linux's TIME_SETTOD_SEC_MAX, so that the clock does not overflow within 30 years; and the
	 * machine was not booted before 1970. */
	if (now >= SETTIME_MAX || now < uk_clock_read(CLOCK_MONOTONIC))
		return -EINVAL;
	if (!uk_capable(CAP_SYS_TIME))
		return -EPERM;
	uk_clock_set_realtime(now);
	return 0;
}

UK_LLSYSCALL_R_DEFINE(int, gettimeofday, struct timeval *, tv, struct timezone *, tz)
{
	s64 now = uk_clock_read(CLOCK_REALTIME);
	const struct timeval time = {now / NS_PER_SECOND, now % NS_PER_SECOND / NS_PER_US};
	const struct timezone zone = {0};

	if (tv && copy_to_user(tv, &time, sizeof(time)))
		return -EFAULT;
	return tz ? copy_to_user(tz, &zone, sizeof(zone)) : 0;
}

UK_LLSYSCALL_R_DEFINE(time_t, time, time_t *, tloc)
{
	time_t now = uk_clock_read(CLOCK_REALTIME) / NS_PER_SECOND;

	if (tloc && copy_to_user(tloc, &now, sizeof(now)))
		return -EFAULT;
	return now;
}

static int do_sleep(clockid_t clock, int flags, const struct timespec __user *request,
		    struct timespec __user *remaining)
{
	struct timespec time;
	s64 deadline, now;
	int error;

	error = uk_user_timespec(request, &deadline);
	if (error)
		return error;
	now = uk_clock_read(clock);
	if (now == -EINVAL)
		return -EINVAL;
	if (!(flags & TIMER_ABSTIME) && __builtin_add_overflow(deadline, now, &deadline))
		deadline = INT64_MAX;
	error = uk_clock_sleep(clock, deadline);
	if (error && remaining && !(flags & TIMER_ABSTIME)) {
		now = deadline - uk_clock_read(clock);
		time = uk_timespec_from_ns(MAX(now, 0L));
		if (copy_to_user(remaining, &time, sizeof(time)))
			return -EFAULT;
	}
	return error;
}

UK_SYSCALL_R_DEFINE(int, nanosleep, const struct timespec *, duration, struct timespec *, rem)
{
	return do_sleep(CLOCK_MONOTONIC, 0, duration, rem);
}

UK_SYSCALL_PARTIAL(clock_nanosleep, "the clocks of clock_gettime");
UK_LLSYSCALL_R_DEFINE(int, clock_nanosleep, clockid_t, clockid, int, flags, const struct timespec *,
		      t, struct timespec *, remain)
{
	switch (clockid) {
	case CLOCK_THREAD_CPUTIME_ID:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		return -EOPNOTSUPP;
	}
	if (uk_clock_read(clockid) == -EINVAL)
		return -EINVAL;
	return do_sleep(clockid, flags, t, remain);
}
