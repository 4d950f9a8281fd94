/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of a report about registers and stacks; for fatal faults and for panics. */
#ifndef UK_CRASH_H
#define UK_CRASH_H

#include <uk/arch/regs.h>

/* The bytes of code around an instruction, for the host; size is 0 when there is none. */
#define UK_CRASH_CODE_BEFORE 32UL
#define UK_CRASH_CODE_BEHIND 32UL
struct uk_crash_code {
	u64 address;   /* of the instruction */
	size_t before; /* how many of the bytes lie before it */
	size_t size;   /* how many there are in all */
	u8 bytes[UK_CRASH_CODE_BEFORE + UK_CRASH_CODE_BEHIND];
};
extern struct uk_crash_code uk_crash_code;
/* Prints them, and keeps them there. */
void uk_crash_print_code(u64 address);

/* Prints the general registers, four a line. */
void uk_crash_print_registers(const struct __regs *regs);

/* Prints the guest's call chain from its frame pointers, then likely return addresses on its
 * stack. */
void uk_crash_print_backtrace(const struct __regs *regs);

/* Prints `0x<address>` and, where the program's symbols or VMAs know it, ` name+0x<offset>`. */
void uk_crash_print_address(uintptr_t address);

#endif
