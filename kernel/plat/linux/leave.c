/* SPDX-License-Identifier: BSD-3-Clause */
/* Work that is due before the program continues; syscall.S calls these functions if there is
 * any. */
#include <uk/cpu.h>
#include <uk/leave.h>

#include "platform.h"
#include "space.h"

void linux_settle_call(struct __regs *regs)
{
	space_sync();
	uk_timer_check();
	if (uk_cpu_current()->work)
		uk_syscall_leave(regs);
}

void linux_settle(struct __regs *regs)
{
	regs->rip = patches_to_original(regs->rip);
	uk_timer_check();
	if (uk_cpu_current()->work)
		uk_leave_work(regs);
}

void linux_resume_at(struct __regs *regs)
{
	regs->rip = patches_to_trampoline(regs->rip);
	space_sync();
}
