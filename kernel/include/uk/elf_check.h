/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether an image in memory is a program that can be loaded. */
#ifndef UK_ELF_CHECK_H
#define UK_ELF_CHECK_H

#include <uk/bits/elf_reasons.h>
#include <uk/essentials.h>

/* What loading needs to know; all of it checked. */
struct uk_elf_facts {
	u64 entry;
	u64 phoff;
	u64 low, high; /* page-rounded addresses of the lowest and the highest loaded byte */
	u16 type, machine, phnum, phentsize;
	u8 os_abi;
	bool executable_stack; /* PT_GNU_STACK with PF_X; without one it is not, as on Linux */
};

/*
 * Checks every header field that loading uses. memory_limit: bytes of memory the program may take.
 * UK_ELF_OK and *facts, or the first reason against it. Reads only [image, image + size).
 */
enum uk_elf_reason uk_elf_check(const void *image, size_t size, u64 memory_limit,
				struct uk_elf_facts *facts);
const char *uk_elf_reason_message(enum uk_elf_reason reason);

#endif
