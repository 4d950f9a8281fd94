/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks whether a file is a program that can be loaded. */
#ifndef UK_ELF_CHECK_H
#define UK_ELF_CHECK_H

#include <uk/bits/elf_reasons.h>
#include <uk/elf.h>

/* What loading needs; all of it checked. */
struct uk_elf_facts {
	u64 entry;
	u64 phoff;
	u64 low, high; /* page-rounded addresses of the lowest and the highest loaded byte */
	u64 interpreter_offset; /* PT_INTERP: offset of its path in the file */
	u32 interpreter_size;	/* with its terminator; 0: no interpreter */
	u16 type, machine, phnum, phentsize;
	u8 os_abi;
	bool executable_stack; /* PT_GNU_STACK with PF_X; false without PT_GNU_STACK, as on Linux */
};

/*
 * The two checks cover every header field that loading uses: UK_ELF_OK and facts, or the first
 * reason to refuse the file. start: the file's first bytes, 64 or as many as it has; size: the
 * file's, bytes.
 */
enum uk_elf_reason uk_elf_check_header(const void *start, size_t start_size, u64 size,
				       struct uk_elf_facts *facts);
/* segments: the facts' phnum program headers, from phoff in the file. memory_limit: bytes of memory
 * that the program may use in addition to its file. */
enum uk_elf_reason uk_elf_check_segments(const struct elf_segment *segments, u64 size,
					 u64 memory_limit, struct uk_elf_facts *facts);
const char *uk_elf_reason_message(enum uk_elf_reason reason);

#endif
