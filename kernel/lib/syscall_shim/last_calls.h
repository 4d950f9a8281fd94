/* SPDX-License-Identifier: BSD-3-Clause */
/* The last system calls, for a debugger that inspects the kernel (`info unishim calls`). */
#ifndef SYSCALL_SHIM_LAST_CALLS_H
#define SYSCALL_SHIM_LAST_CALLS_H

#include <uk/arch/regs.h>

#define LAST_CALLS 64

struct last_call {
	u64 order;  /* counted from 1; 0: none */
	s64 number; /* as passed by the program */
	u64 arguments[6];
	s64 result;
	u64 ip; /* after the `syscall` */
	s32 thread;
	bool done; /* result is valid */
};

/* Records the start of a call and returns its order. */
u64 last_calls_begin(const struct __regs *regs, s64 number);
void last_calls_end(u64 order, s64 result);

#endif
