/* SPDX-License-Identifier: BSD-3-Clause */
/* The path of a system call from the platform's entry to the generated switch and back. */
#include <uk/bits/syscall_dispatch.h>
#include <uk/cpu.h>
#include <uk/leave.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/trace.h>

#include "shim.h"

/*
 * The only switch, for numbers up to the highest that is provided. It is a separate function, so
 * that each case is a jump to the call's function; it reads only those registers that the call
 * needs (Makefile.uk keeps the compiler from reading all of them).
 */
static __attribute__((noinline)) long dispatch(struct __regs *regs, u64 nr)
{
	if (nr > UK_SYSCALL_LAST)
		__builtin_unreachable();
	switch (nr) {
		UK_SYSCALL_CASES(regs, (long)regs->rarg0, (long)regs->rarg1, (long)regs->rarg2,
				 (long)regs->rarg3, (long)regs->rarg4, (long)regs->rarg5)
	default:
		return uk_syscall_not_available((long)nr);
	}
}

long uk_syscall6_r_e(long nr, struct __regs *execenv)
{
	if ((unsigned int)nr > UK_SYSCALL_LAST)
		return uk_syscall_not_available((int)nr);
	return dispatch(execenv, (unsigned int)nr);
}

#ifdef CONFIG_LIBTRACE
/* A hooked call; the most common kind, which is only recorded and during which no other thread
 * runs, takes the shortest path. */
static __attribute__((noinline)) long traced_call(struct __regs *regs, u64 nr)
{
	struct uk_trace_record *record;
	long result;

	if (unlikely(shim_hooks[nr] != UK_CHANNEL_HOOK_TRACE || !uk_trace_has_room() ||
		     !uk_sched_is_alone()))
		return shim_hooked_call(regs, nr);
	record = uk_trace_begin(regs, (s64)nr);
	result = dispatch(regs, nr);
	uk_trace_end(record, result, sizeof(*record));
	return result;
}

/* The same for numbers above the highest that is provided. */
static __attribute__((noinline)) long traced_other_call(struct __regs *regs, u64 nr)
{
	struct uk_trace_record *record;

	if (unlikely(shim_hook_of(nr) != UK_CHANNEL_HOOK_TRACE || !uk_trace_has_room() ||
		     !uk_sched_is_alone()))
		return shim_hooked_call(regs, nr);
	record = uk_trace_begin(regs, (int)nr);
	uk_trace_end(record, uk_syscall_not_available((int)nr), sizeof(*record));
	return -ENOSYS;
}
#else
#define traced_call	  shim_hooked_call
#define traced_other_call shim_hooked_call
#endif

/* Called by the platform with the guest's state; the result is in regs->rret0. */
void ukplat_syscall_handler(struct __regs *regs);
void ukplat_syscall_handler(struct __regs *regs)
{
	/* Linux uses the low 32 bits (arch/x86/entry/entry_64.S). */
	u64 nr = *(const u32 *)&regs->rsyscall;
	long result;

	shim_print_request(regs, (int)nr);
	if (unlikely(nr > UK_SYSCALL_LAST)) {
		result = shim_others_are_hooked() ? traced_other_call(regs, nr)
						  : uk_syscall_not_available((int)nr);
	} else if (unlikely(shim_is_hooked(nr))) {
		result = traced_call(regs, nr);
	} else {
		result = dispatch(regs, nr);
	}
	regs->rret0 = (u64)result;
	shim_print_result(regs, (int)nr);
	if (unlikely(uk_cpu_current()->work))
		uk_syscall_leave(regs);
}
