/* SPDX-License-Identifier: BSD-3-Clause */
/* Work that is due before the program continues. */
#include <uk/bits/contract.h>
#include <uk/cpu.h>
#include <uk/futex.h>
#include <uk/process.h>
#include <uk/thread.h>

#include "leave.h"

static void __attribute__((noreturn)) end_thread(void)
{
	struct uk_process *process = uk_process_current();

	uk_cpu_current()->work &= (u8)~UK_WORK_END;
	uk_futex_thread_ends();
	if (uk_process_is_last_thread(process)) {
		if (uk_process_is_first(process))
			uk_machine_exit(process->signal ? UK_STATUS_SIGNAL + process->signal
							: process->status,
					process->signal);
		uk_process_end();
	}
	uk_thread_remove();
	uk_signal_thread_ends();
	uk_sched_end();
}

static bool ends(void)
{
	return uk_cpu_current()->work & UK_WORK_END || uk_thread_must_end(uk_thread_current());
}

void uk_leave_work(struct __regs *regs)
{
	/* The kernel may wait in any of these steps, and the timer may fire then. */
	do {
		uk_cpu_current()->work &= (u8)~UK_WORK_TIMER;
		uk_timer_check();
		if (!ends())
			uk_sched_turns();
		if (!ends())
			uk_signal_deliver(regs);
		if (ends())
			end_thread();
	} while (uk_cpu_current()->work & UK_WORK_TIMER);
}

__attribute__((noinline, cold)) void uk_syscall_leave(struct __regs *regs)
{
	u8 work = uk_cpu_current()->work;

	uk_cpu_current()->work &= (u8) ~(UK_WORK_RESUME | UK_WORK_BAD_FRAME);
	if (work & UK_WORK_BAD_FRAME) {
		leave_bad_frame(regs);
	} else if (!(work & UK_WORK_RESUME)) {
		/* The values that `syscall` leaves in these two (Intel SDM vol. 2). */
		regs->rcx = regs->rip;
		regs->r11 = regs->eflags;
	}
	uk_leave_work(regs);
	ukarch_resume(regs);
}

void uk_leave_begin(struct __regs *regs)
{
	uk_sched_arrive();
	uk_leave_work(regs);
	ukarch_resume(regs);
}
