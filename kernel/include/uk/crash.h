/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of a report that show registers and stacks; for fatal faults and panics. */
#ifndef UK_CRASH_H
#define UK_CRASH_H

#include <uk/arch/regs.h>

/* The bytes of code around an instruction, for the host; size is 0 if they are not readable. */
#define UK_CRASH_CODE_BEFORE 32UL
#define UK_CRASH_CODE_BEHIND 32UL
struct uk_crash_code {
	u64 address;   /* of the instruction */
	size_t before; /* how many of the bytes precede it */
	size_t size;   /* number of bytes in total */
	u8 bytes[UK_CRASH_CODE_BEFORE + UK_CRASH_CODE_BEHIND];
};
extern struct uk_crash_code uk_crash_code;
/* Prints the bytes, and stores them in uk_crash_code. */
void uk_crash_print_code(u64 address);

/* Prints the general registers, four per line. */
void uk_crash_print_registers(const struct __regs *regs);

/* Prints the guest's call chain from its frame pointers, then likely return addresses on its
 * stack. */
void uk_crash_print_backtrace(const struct __regs *regs);

/* Prints `0x<address>` and, if the program's symbols or VMAs cover it, ` name+0x<offset>`. */
void uk_crash_print_address(uintptr_t address);

#endif
