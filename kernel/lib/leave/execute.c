/* SPDX-License-Identifier: BSD-3-Clause */
/* The state in which a new program begins. */
#include <uk/plat.h>
#include <uk/string.h>
#include <uk/thread.h>

#include "leave.h"

#define EFLAGS_INITIAL 0x202

void uk_leave_execute(struct __regs *regs, uintptr_t entry, uintptr_t stack)
{
	struct uk_thread *thread = uk_thread_current();

	*regs = (struct __regs){
		.rip = entry,
		.rsp = stack,
		.eflags = EFLAGS_INITIAL,
		.cs = regs->cs,
		.ss = regs->ss,
		.orig_rax = ~0UL,
	};
	ukplat_set_fs_base(0);
	ukplat_set_gs_base(0);
	/* Only a forged frame can fail. */
	(void)fpu_restore(NULL);
	thread->signal.altstack = (stack_t){.ss_flags = SS_DISABLE};
	thread->signal.restore_blocked = false;
	uk_cpu_current()->work |= UK_WORK_RESUME;
}
