/* SPDX-License-Identifier: BSD-3-Clause */
/* The report of a fault that ends the program (lib/crash). */
#ifndef UK_CRASH_H
#define UK_CRASH_H

#include <uk/arch/regs.h>

/* The bytes of code around the faulting instruction; the report line sends them to the host. */
#define UK_CRASH_CODE_BEFORE 32UL
#define UK_CRASH_CODE_BEHIND 32UL
struct uk_crash_code {
	u64 address;   /* of the instruction */
	size_t before; /* how many of the bytes precede it */
	size_t size;   /* number of bytes; 0: no fault, or the code is not readable */
	u8 bytes[UK_CRASH_CODE_BEFORE + UK_CRASH_CODE_BEHIND];
};
extern struct uk_crash_code uk_crash_code;

struct uk_fault;
/* Prints the readable report of a fatal signal: cause, location, registers, backtrace. */
void uk_crash_report(const struct __regs *regs, const struct uk_fault *fault);

/* Prints the general registers, four per line. */
void uk_crash_print_registers(const struct __regs *regs);

#endif
