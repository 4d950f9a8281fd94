/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of recording a call that must take few instructions. */
#ifndef UK_ARCH_TRACE_H
#define UK_ARCH_TRACE_H

#include <uk/types.h>

/* Stores the time stamp counter in two halves: combining them would take two more instructions. */
static inline void ukarch_store_ticks(u64 *where)
{
	u32 *halves = (u32 *)where;

	__asm__ volatile("rdtsc" : "=a"(halves[0]), "=d"(halves[1]));
}

#endif
