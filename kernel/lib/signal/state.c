/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, masks, and what is pending. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/thread.h>
#include <uk/timer.h>
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
	uk_timer_check();
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

static unsigned int queued; /* entries of our own */

static void enqueue(struct uk_signal_entry *entry)
{
	struct uk_signal_entry **link = &state()->queue;

	while (*link)
		link = &(*link)->next;
	entry->next = NULL;
	*link = entry;
	state()->sent++;
	state()->pending |= uk_signal_bit(entry->information.si_signo);
	update_work();
}

static struct uk_signal_entry **find(int signal)
{
	struct uk_signal_entry **link = &state()->queue;

	while (*link && (*link)->information.si_signo != signal)
		link = &(*link)->next;
	return link;
}

/* Takes the entry at link out of the queue. */
static void dequeue(struct uk_signal_entry **link)
{
	struct uk_signal_entry *entry = *link;
	int signal = entry->information.si_signo;

	*link = entry->next;
	if (!*find(signal))
		state()->pending &= ~uk_signal_bit(signal);
	update_work();
}

/* An entry that was taken, or that nobody will take any more. */
static void finish(struct uk_signal_entry *entry)
{
	if (entry->taken) {
		entry->taken(entry);
		return;
	}
	queued--;
	uk_free(entry);
}

static bool is_discarded(int signal)
{
	return signal_is_ignored(signal) && !(state()->blocked & uk_signal_bit(signal));
}

int uk_signal_send(const siginfo_t *information)
{
	int signal = information->si_signo;
	struct uk_signal_entry *entry = NULL;

	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (is_discarded(signal) || (signal < SIGRTMIN && state()->pending & uk_signal_bit(signal)))
		return 0;
	if (queued < UK_SIGNAL_QUEUE_MAX)
		entry = uk_malloc(sizeof(*entry));
	if (entry) {
		*entry = (struct uk_signal_entry){.information = *information};
		queued++;
		enqueue(entry);
		return 0;
	}
	/* As Linux: kill(2) never fails for want of memory, but what it tells is lost. */
	if (signal >= SIGRTMIN && information->si_code != SI_USER)
		return -EAGAIN;
	state()->pending |= uk_signal_bit(signal);
	update_work();
	return 0;
}

bool uk_signal_send_entry(struct uk_signal_entry *entry)
{
	if (is_discarded(entry->information.si_signo))
		return false;
	enqueue(entry);
	return true;
}

void uk_signal_withdraw(struct uk_signal_entry *entry)
{
	struct uk_signal_entry **link = &state()->queue;

	while (*link && *link != entry)
		link = &(*link)->next;
	if (*link)
		dequeue(link);
}

void uk_signal_set_blocked(u64 blocked)
{
	state()->blocked = blocked & ~UNBLOCKABLE;
	update_work();
}

/* Takes the first of a pending signal. */
static void take(int signal, siginfo_t *information)
{
	struct uk_signal_entry **link = find(signal), *entry = *link;

	if (!entry) { /* there was no memory to keep more of it */
		*information = (siginfo_t){.si_signo = signal};
		state()->pending &= ~uk_signal_bit(signal);
		update_work();
		return;
	}
	*information = entry->information;
	dequeue(link);
	finish(entry);
}

static void discard(int signal)
{
	siginfo_t information;

	take(signal, &information);
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
	while (signal_is_ignored(signal) && state()->pending & uk_signal_bit(signal))
		discard(signal);
	return 0;
}

bool uk_signal_take(u64 set, siginfo_t *information)
{
	u64 ready = state()->pending & set;

	if (!ready)
		return false;
	/* Faults before others (Linux, SYNCHRONOUS_MASK), then by number. */
	if (ready & uk_signal_bit(SIGSEGV))
		ready = uk_signal_bit(SIGSEGV);
	take(__builtin_ctzl(ready) + 1, information);
	return true;
}

bool uk_signal_on_altstack(u64 stack_pointer)
{
	const stack_t *stack = &state()->altstack;

	return !(stack->ss_flags & SS_DISABLE) && stack_pointer > (u64)stack->ss_sp &&
	       stack_pointer - (u64)stack->ss_sp <= stack->ss_size;
}
