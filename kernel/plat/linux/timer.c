/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's timer is the host's ITIMER_REAL; signals.c handles its SIGALRM. */
#include <uk/cpu.h>

#include "host.h"
#include "platform.h"

#define ITIMER_REAL   0
#define US_PER_SECOND 1000000UL
#define NS_PER_US     1000UL
#define SOON_US	      50UL

static void set(u64 microseconds, u64 interval)
{
	const struct {
		s64 interval_seconds, interval_us, seconds, us;
	} value = {
		(s64)(interval / US_PER_SECOND),
		(s64)(interval % US_PER_SECOND),
		(s64)(microseconds / US_PER_SECOND),
		(s64)(microseconds % US_PER_SECOND),
	};

	HOST(setitimer, ITIMER_REAL, &value, NULL);
}

void ukplat_set_timer(u64 deadline)
{
	u64 now;

	uk_cpu_current()->timer_fired = false;
	/* A signal of the terminal may have set it. */
	if (signals_are_waiting())
		uk_cpu_current()->timer_fired = true;
	if (deadline == UINT64_MAX) {
		set(0, 0);
		return;
	}
	now = ukplat_monotonic_ns();
	/* Not too early; 0 would mean never. */
	set(deadline > now ? (deadline - now) / NS_PER_US + 1 : 1, 0);
}

void timer_fire_soon(void)
{
	set(SOON_US, SOON_US);
}
