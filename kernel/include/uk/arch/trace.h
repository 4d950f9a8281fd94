/* SPDX-License-Identifier: BSD-3-Clause */
/* What recording a call does in few instructions. */
#ifndef UK_ARCH_TRACE_H
#define UK_ARCH_TRACE_H

#include <uk/types.h>

/* Stores the time stamp counter. */
static inline void ukarch_store_ticks(u64 *where)
{
	__asm__ volatile("rdtsc\n\tmovl %%eax, %0\n\tmovl %%edx, 4+%0"
			 : "=o"(*where)
			 :
			 : "rax", "rdx");
}

#endif
