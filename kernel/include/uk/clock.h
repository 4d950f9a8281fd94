/* SPDX-License-Identifier: BSD-3-Clause */
/* The clocks of clock_gettime(2), and sleeping on them. */
#ifndef UK_CLOCK_H
#define UK_CLOCK_H

#include <uk/linux/time.h>
#include <uk/plat.h>

/* Nanoseconds of CLOCK_*, or -EINVAL if there is no such clock. */
s64 uk_clock_read_other(clockid_t id);
static inline s64 uk_clock_read(clockid_t id)
{
	s64 now;

	if (unlikely(id != CLOCK_MONOTONIC))
		return uk_clock_read_other(id);
	now = (s64)ukplat_monotonic_ns();
	if (now < 0)
		__builtin_unreachable(); /* 292 years */
	return now;
}
/* Sets CLOCK_REALTIME (nanoseconds since the epoch). */
void uk_clock_set_realtime(s64 now);
/* Sleeps until a clock reaches deadline (nanoseconds). 0, or -EINTR if a signal is pending. */
int uk_clock_sleep(clockid_t id, s64 deadline);

/* Converts the program's timespec to nanoseconds: 0, or -EINVAL if it is invalid. Values that do
 * not fit become INT64_MAX. */
int uk_timespec_to_ns(const struct timespec *time, s64 *ns);
struct timespec uk_timespec_from_ns(s64 ns);

#endif
