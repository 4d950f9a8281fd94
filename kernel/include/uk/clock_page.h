/* SPDX-License-Identifier: BSD-3-Clause */
/* The page by which the kernel tells the vDSO the time; read-only for the program. */
#ifndef UK_CLOCK_PAGE_H
#define UK_CLOCK_PAGE_H

#include <uk/types.h>

struct uk_clock_page {
	u32 sequence;	   /* changes with the rest: a reader that saw it change reads again */
	u64 base_ticks;	   /* TSC at which the clock said base_ns */
	u64 base_ns;	   /* nanoseconds since boot */
	u64 scale;	   /* nanoseconds a tick, times 2^32: ukarch_scale() */
	u64 valid_ticks;   /* from base_ticks on; later, ask the kernel */
	u64 boot_epoch_ns; /* nanoseconds from 1970 to boot; 0: ask the kernel */
};

#endif
