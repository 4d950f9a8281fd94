/* SPDX-License-Identifier: BSD-3-Clause */
/* Fixed-point scaling for the clock. */
#ifndef UK_ARCH_SCALE_H
#define UK_ARCH_SCALE_H

#include <uk/types.h>

/* value * scale / 2^32, with an exact intermediate product. (With __int128 the compiler would align
 * a stack frame.) */
static inline u64 ukarch_scale(u64 value, u64 scale)
{
	u64 high;

	__asm__("mulq	%2\n\tshrdq	$32, %1, %0"
		: "+a"(value), "=&d"(high)
		: "rm"(scale)
		: "cc");
	return value;
}

#endif
