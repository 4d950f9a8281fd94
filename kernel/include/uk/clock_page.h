/* SPDX-License-Identifier: BSD-3-Clause */
/* The page through which the kernel supplies the time to the vDSO; read-only for the program. */
#ifndef UK_CLOCK_PAGE_H
#define UK_CLOCK_PAGE_H

#include <uk/types.h>

struct uk_clock_page {
	u32 sequence;	   /* changes with the rest: if it changed, a reader must read again */
	u64 base_ticks;	   /* TSC at the moment base_ns */
	u64 base_ns;	   /* nanoseconds since boot */
	u64 scale;	   /* nanoseconds per tick, times 2^32: ukarch_scale() */
	u64 valid_ticks;   /* after base_ticks; later, ask the kernel */
	u64 boot_epoch_ns; /* nanoseconds from 1970 to boot; 0: ask the kernel */
};

#endif
