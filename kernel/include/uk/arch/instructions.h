/* SPDX-License-Identifier: BSD-3-Clause */
/* Instructions used by several platforms. */
#ifndef UK_ARCH_INSTRUCTIONS_H
#define UK_ARCH_INSTRUCTIONS_H

#include <uk/types.h>

static inline u64 rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid result;

	__asm__ volatile("cpuid"
			 : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
			 : "a"(leaf), "c"(subleaf));
	return result;
}

#endif
