/* SPDX-License-Identifier: BSD-3-Clause */
/* What the common clock needs of a platform. */
#ifndef PLAT_COMMON_CLOCK_H
#define PLAT_COMMON_CLOCK_H

#include <uk/clock_page.h>

/* The platform calls it once; base_ticks: the TSC at boot, where the clock reads 0. */
void clock_start(u64 base_ticks);

/* How long so many ticks of the TSC are. */
u64 clock_ticks_to_ns(u64 ticks);

/* Nanoseconds that a reference clock counted, and the TSC's ticks in the same time. */
u64 clock_reference(u64 *ticks);
/* Nanoseconds since 1970 now, of the platform's calendar clock. */
u64 clock_epoch_ns(void);

#endif
