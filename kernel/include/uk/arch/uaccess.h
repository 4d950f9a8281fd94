/* SPDX-License-Identifier: BSD-3-Clause */
/* Inline stores to guest memory, for calls that do nothing but one store; uk/uaccess.h has the
 * rest. */
#ifndef UK_ARCH_UACCESS_H
#define UK_ARCH_UACCESS_H

#include <uk/uaccess.h>

/* Stores two words (struct timespec and similar): true, or false if the guest's memory is not
 * writable. */
static inline bool ukarch_put_pair(void __user *pointer, u64 first, u64 second)
{
	if (!uk_access_ok(pointer, 2 * sizeof(u64)))
		return false;
	__asm__ goto("1:	movq	%1, (%0)\n"
		     "2:	movq	%2, 8(%0)\n"
		     "	.pushsection .fixup_table, \"a\"\n"
		     "	.quad	1b, %l[fault], 2b, %l[fault]\n"
		     "	.popsection"
		     :
		     : "r"(pointer), "r"(first), "r"(second)
		     : "memory"
		     : fault);
	return true;
fault:
	return false;
}

#endif
