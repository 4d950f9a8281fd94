/* SPDX-License-Identifier: BSD-3-Clause */
/* Selects a signal and delivers it to the program. */
#include <uk/bits/config.h>
#include <uk/channel.h>
#include <uk/crash.h>
#include <uk/errno.h>
#include <uk/process.h>
#include <uk/thread.h>
#include <uk/trace.h>

#include "leave.h"

#define SYSCALL_SIZE 2 /* bytes of the `syscall` instruction */
#define NO_SYSCALL   (~0UL)

/* The default action is "core" (signal(7)): print a report. */
static bool is_reported(int signal)
{
	return uk_signal_bit(signal) &
	       (uk_signal_bit(SIGQUIT) | uk_signal_bit(SIGILL) | uk_signal_bit(SIGTRAP) |
		uk_signal_bit(SIGABRT) | uk_signal_bit(SIGBUS) | uk_signal_bit(SIGFPE) |
		uk_signal_bit(SIGSEGV) | uk_signal_bit(SIGSYS));
}

static void end(const struct __regs *regs, const struct uk_fault *fault,
		const siginfo_t *information)
{
	/* The end of other processes is their parents' affair. */
	if (is_reported(fault->signal) && uk_process_is_first(uk_process_current())) {
		uk_crash_report(regs, fault);
#ifdef CONFIG_LIBCHANNEL
		uk_channel_end(regs, information);
#endif
	}
	uk_signal_end_process(uk_process_current(), 0, fault->signal);
}

void uk_signal_end(const struct __regs *regs, const struct uk_fault *fault)
{
	siginfo_t information = {.si_signo = fault->signal, .si_code = fault->code};

	information.si_addr = fault->address;
	end(regs, fault, &information);
}

/* The handler's frame cannot be built: like Linux's force_sigsegv(). A handler of SIGSEGV on the
 * alternate stack may succeed. */
static void no_frame(struct __regs *regs, int signal)
{
	const struct uk_fault fault = {.signal = SIGSEGV, .code = SI_KERNEL};

	if (signal == SIGSEGV)
		uk_signal_end(regs, &fault);
	else
		uk_signal_fault(regs, &fault);
}

static void trace(const siginfo_t *information)
{
#ifdef CONFIG_LIBTRACE
	uk_trace_signal(information);
#endif
}

static void enter_handler(struct __regs *regs, const siginfo_t *information,
			  const struct uk_fault *fault)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;
	int signal = information->si_signo;
	struct kernel_sigaction action = *uk_signal_action_of(uk_process_current(), signal);
	u64 mask = state->restore_blocked ? state->saved_blocked : state->blocked;
	u64 blocked = state->blocked | action.mask;

	if (leave_build_frame(regs, &action, information, fault, mask)) {
		no_frame(regs, signal);
		return;
	}
	state->restore_blocked = false;
	if (!(action.flags & SA_NODEFER))
		blocked |= uk_signal_bit(signal);
	if (action.flags & SA_RESETHAND)
		uk_signal_action_of(uk_process_current(), signal)->handler = SIG_DFL;
	uk_signal_set_blocked(blocked);
}

void uk_signal_fault(struct __regs *regs, const struct uk_fault *fault)
{
	siginfo_t information = {.si_signo = fault->signal, .si_code = fault->code};
	uintptr_t handler = uk_signal_action_of(uk_process_current(), fault->signal)->handler;

	information.si_addr = fault->address;
	trace(&information);
	if (handler == SIG_DFL || handler == SIG_IGN ||
	    uk_thread_current()->signal.blocked & uk_signal_bit(fault->signal))
		end(regs, fault, &information);
	else
		enter_handler(regs, &information, fault);
}

/* Makes an interrupted call go back to its `syscall` instruction, or return EINTR. */
static void settle_interrupted_call(struct __regs *regs, bool restart)
{
	bool always = (long)regs->rax == -UK_ERESTART_ALWAYS;

	if (regs->orig_rax == NO_SYSCALL || (!always && (long)regs->rax != -UK_ERESTART))
		return;
	if (restart || always) {
		regs->rax = regs->orig_rax;
		regs->rip -= SYSCALL_SIZE;
	} else {
		regs->rax = (u64)-EINTR;
	}
}

void uk_signal_deliver(struct __regs *regs)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;
	siginfo_t information;

	for (;;) {
		const struct kernel_sigaction *action;
		struct uk_fault fault;

		uk_signal_wait_while_stopped();
		uk_signal_update_work();
		if (uk_thread_must_end(uk_thread_current()) ||
		    !uk_signal_take(~state->blocked, &information))
			break;
		action = uk_signal_action_of(uk_process_current(), information.si_signo);
		fault = (struct uk_fault){
			.signal = information.si_signo,
			.code = information.si_code,
		};

		trace(&information);
		if (uk_signal_is_ignored(uk_process_current(), information.si_signo))
			continue;
		if (action->handler == SIG_DFL && uk_signal_is_stop(information.si_signo)) {
			uk_signal_stop(information.si_signo);
			continue;
		}
		if (action->handler == SIG_DFL) {
			end(regs, &fault, &information);
			return;
		}
		settle_interrupted_call(regs, action->flags & SA_RESTART);
		enter_handler(regs, &information, &fault);
		/* The frame now contains the call's result. */
		regs->orig_rax = NO_SYSCALL;
	}
	settle_interrupted_call(regs, true);
	if (state->restore_blocked) {
		state->restore_blocked = false;
		uk_signal_set_blocked(state->saved_blocked);
	}
}
