/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's general registers as entry code stores them. Assembly knows their offsets
 * (uk/arch/regs_offsets.h is checked against this by static assertions).
 */
#ifndef UK_ARCH_REGS_H
#define UK_ARCH_REGS_H

#include <uk/types.h>

struct __regs {
	u64 r15, r14, r13, r12, rbp, rbx; /* preserved by C code */
	u64 r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
	u64 orig_rax; /* system call number, or ~0 in an exception */
	u64 rip, cs, eflags, rsp, ss;
};

/* Unikraft's names for the system call convention (psABI A.2.1). */
#define rsyscall orig_rax
#define rarg0	 rdi
#define rarg1	 rsi
#define rarg2	 rdx
#define rarg3	 r10
#define rarg4	 r8
#define rarg5	 r9
#define rret0	 rax

/* Resumes the guest with exactly this state; never returns to the caller. */
void ukarch_resume(struct __regs *regs) __attribute__((noreturn));

#endif
