/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/clock.h>
#include <uk/errno.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/thread.h>

#include "clock.h"

s64 uk_clock_read_other(clockid_t id)
{
	switch (id) {
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		return (s64)ukplat_monotonic_ns();
	case CLOCK_PROCESS_CPUTIME_ID:
		return (s64)uk_sched_process_ran(uk_process_current());
	case CLOCK_THREAD_CPUTIME_ID:
		return (s64)uk_sched_ran(uk_thread_current());
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		return (s64)(ukplat_boot_epoch_ns() + ukplat_monotonic_ns());
	default:
		return -EINVAL;
	}
}

void uk_clock_set_realtime(s64 now)
{
	ukplat_set_epoch_ns((u64)now - ukplat_monotonic_ns());
	clock_timers_adjust();
}

int uk_clock_sleep(clockid_t id, s64 deadline)
{
	for (;;) {
		s64 left = deadline - uk_clock_read(id);

		if (left <= 0)
			return 0;
		if (uk_signal_pending())
			return -EINTR;
		uk_sched_sleep(ukplat_monotonic_ns() + (u64)left);
	}
}

int uk_timespec_to_ns(const struct timespec *time, s64 *ns)
{
	if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= NS_PER_SECOND)
		return -EINVAL;
	if (__builtin_mul_overflow(time->tv_sec, NS_PER_SECOND, ns) ||
	    __builtin_add_overflow(*ns, time->tv_nsec, ns))
		*ns = INT64_MAX;
	return 0;
}

struct timespec uk_timespec_from_ns(s64 ns)
{
	return (struct timespec){ns / NS_PER_SECOND, ns % NS_PER_SECOND};
}
