/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, masks, and what is pending. */
#include <uk/errno.h>
#include <uk/thread.h>
#include <uk/work.h>

#include "signal.h"

#define UNBLOCKABLE (uk_signal_bit(SIGKILL) | uk_signal_bit(SIGSTOP))

static struct kernel_sigaction actions[_NSIG];

struct kernel_sigaction *signal_action(int signal)
{
	return &actions[signal - 1];
}

static struct uk_signal_thread *state(void)
{
	return &uk_thread_current()->signal;
}

static void update_work(void)
{
	if (state()->pending & ~state()->blocked)
		uk_work_pending |= UK_WORK_SIGNAL;
	else
		uk_work_pending &= (u8)~UK_WORK_SIGNAL;
}

bool uk_signal_pending(void)
{
	return uk_work_pending & UK_WORK_SIGNAL;
}

/* signal(7): the default action of these is to ignore. Stopping has nobody to continue it. */
static bool ignored_by_default(int signal)
{
	return uk_signal_bit(signal) &
	       (uk_signal_bit(SIGCHLD) | uk_signal_bit(SIGCONT) | uk_signal_bit(SIGURG) |
		uk_signal_bit(SIGWINCH) | uk_signal_bit(SIGSTOP) | uk_signal_bit(SIGTSTP) |
		uk_signal_bit(SIGTTIN) | uk_signal_bit(SIGTTOU));
}

bool signal_is_ignored(int signal)
{
	uintptr_t handler = signal_action(signal)->handler;

	return handler == SIG_IGN || (handler == SIG_DFL && ignored_by_default(signal));
}

int uk_signal_send(const siginfo_t *information)
{
	int signal = information->si_signo;

	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (signal_is_ignored(signal) && !(state()->blocked & uk_signal_bit(signal)))
		return 0;
	if (!(state()->pending & uk_signal_bit(signal)))
		state()->information[signal - 1] = *information;
	state()->pending |= uk_signal_bit(signal);
	update_work();
	return 0;
}

void uk_signal_set_blocked(u64 blocked)
{
	state()->blocked = blocked & ~UNBLOCKABLE;
	update_work();
}

int uk_signal_action(int signal, const struct kernel_sigaction *action,
		     struct kernel_sigaction *old)
{
	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (action && uk_signal_bit(signal) & UNBLOCKABLE)
		return -EINVAL;
	if (old)
		*old = *signal_action(signal);
	if (!action)
		return 0;
	*signal_action(signal) = *action;
	signal_action(signal)->mask &= ~UNBLOCKABLE;
	/* As Linux: a program finds out by asking back which flags the kernel knows. */
	signal_action(signal)->flags &= SA_KNOWN;
	/* POSIX: setting it to be ignored discards what is pending. */
	if (signal_is_ignored(signal)) {
		state()->pending &= ~uk_signal_bit(signal);
		update_work();
	}
	return 0;
}

bool uk_signal_take(u64 set, siginfo_t *information)
{
	u64 ready = state()->pending & set;
	int signal;

	if (!ready)
		return false;
	/* Faults before others (Linux, SYNCHRONOUS_MASK), then by number. */
	if (ready & uk_signal_bit(SIGSEGV))
		ready = uk_signal_bit(SIGSEGV);
	signal = __builtin_ctzl(ready) + 1;
	state()->pending &= ~uk_signal_bit(signal);
	*information = state()->information[signal - 1];
	update_work();
	return true;
}

bool uk_signal_on_altstack(u64 stack_pointer)
{
	const stack_t *stack = &state()->altstack;

	return !(stack->ss_flags & SS_DISABLE) && stack_pointer > (u64)stack->ss_sp &&
	       stack_pointer - (u64)stack->ss_sp <= stack->ss_size;
}
