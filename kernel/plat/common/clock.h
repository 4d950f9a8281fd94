/* SPDX-License-Identifier: BSD-3-Clause */
/* What the common clock requires of a platform. */
#ifndef PLAT_COMMON_CLOCK_H
#define PLAT_COMMON_CLOCK_H

#include <uk/clock_page.h>

/* Called once by the platform; base_ticks: the TSC at boot, where the clock reads 0. */
void clock_start(u64 base_ticks);

/* Converts ticks of the TSC to nanoseconds. */
u64 clock_ticks_to_ns(u64 ticks);

/* Returns the nanoseconds that a reference clock has counted, and the TSC's ticks in the same
 * time. */
u64 clock_reference(u64 *ticks);
/* The current time of the platform's calendar clock: nanoseconds since 1970. */
u64 clock_epoch_ns(void);

#endif
