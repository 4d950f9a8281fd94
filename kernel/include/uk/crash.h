/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of a report about registers and stacks; for fatal faults and for panics. */
#ifndef UK_CRASH_H
#define UK_CRASH_H

#include <uk/arch/regs.h>

/* Prints the general registers, four a line. */
void uk_crash_print_registers(const struct __regs *regs);

/* Prints the guest's call chain from its frame pointers, then likely return addresses on its
 * stack. */
void uk_crash_print_backtrace(const struct __regs *regs);

/* Prints `0x<address>` and, where the program's symbols or VMAs know it, ` name+0x<offset>`. */
void uk_crash_print_address(uintptr_t address);

#endif
