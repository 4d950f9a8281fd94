/* SPDX-License-Identifier: BSD-3-Clause */
/* What the common clock requires of a platform. */
#ifndef PLAT_COMMON_CLOCK_H
#define PLAT_COMMON_CLOCK_H

#include <uk/clock_page.h>

/* Called once by the platform, when its reference can be read; base_ticks: the TSC at boot, where
 * the clock reads 0. */
void clock_start(u64 base_ticks);

/* Converts ticks of the TSC to nanoseconds. */
u64 clock_ticks_to_ns(u64 ticks);
/* For the platform's reference: whether the frequency is known; ticks in nanoseconds of the
 * reference; and the nanoseconds that are certain to `tolerance` ns. */
bool clock_has_rate(void);
u64 clock_reference_ns(u64 ticks);
u64 clock_certain_ns(u64 tolerance);

/* One reading of the platform's reference clock. */
struct clock_sample {
	u64 ns;	   /* nanoseconds since the reference's start; never goes back */
	u64 ticks; /* the TSC at that moment, */
	u64 error; /* which is certain to this number of ticks */
};
void clock_read_reference(struct clock_sample *sample);

/* The current time of the platform's calendar clock: nanoseconds since 1970. */
u64 clock_epoch_ns(void);

/* Completes a sample that was read between two readings of the TSC. */
static inline void clock_sample_between(struct clock_sample *sample, u64 before, u64 after)
{
	sample->ticks = before + (after - before) / 2;
	sample->error = (after - before) / 2;
}

#endif
