/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, masks, and pending signals. */
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

static struct uk_signal_pending of_process;

u64 uk_signal_waiting(void)
{
	return state()->pending.set | of_process.set;
}

const struct uk_signal_pending *uk_signal_of_process(void)
{
	return &of_process;
}

void uk_signal_update_work(void)
{
	if (uk_signal_waiting() & ~state()->blocked)
		uk_work_pending |= UK_WORK_SIGNAL;
	else
		uk_work_pending &= (u8)~UK_WORK_SIGNAL;
}

bool uk_signal_pending(void)
{
	uk_timer_check();
	return uk_work_pending & UK_WORK_SIGNAL;
}

/* signal(7): the default action of these is to ignore. Stop signals are ignored: nobody could
 * continue the process. */
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

static unsigned int queued; /* allocated entries */

static bool can_take(const struct uk_thread *thread, int signal)
{
	return thread->sched.state != UK_SCHED_ENDED &&
	       !(thread->signal.blocked & uk_signal_bit(signal));
}

/* A signal is pending: for a thread, or with NULL for any thread that does not block it, preferably
 * the running one (Linux, complete_signal()). */
static void announce(struct uk_thread *thread, int signal)
{
	if (!thread) {
		thread = uk_thread_current();
		if (!can_take(thread, signal))
			thread = &uk_thread_main;
		while (thread && !can_take(thread, signal))
			thread = thread->next;
	}
	if (thread && can_take(thread, signal))
		uk_sched_wake(thread);
	uk_signal_update_work();
	/* For threads that wait for a blocked signal: sigtimedwait(2), signalfd(2). */
	uk_sched_notify();
}

static struct uk_signal_pending *pending_of(struct uk_thread *thread)
{
	return thread ? &thread->signal.pending : &of_process;
}

static void enqueue(struct uk_thread *thread, struct uk_signal_entry *entry)
{
	struct uk_signal_pending *pending = pending_of(thread);
	struct uk_signal_entry **link = &pending->queue;

	while (*link)
		link = &(*link)->next;
	entry->next = NULL;
	entry->where = pending;
	*link = entry;
	pending->sent++;
	pending->set |= uk_signal_bit(entry->information.si_signo);
	announce(thread, entry->information.si_signo);
}

static struct uk_signal_entry **find(struct uk_signal_pending *pending, int signal)
{
	struct uk_signal_entry **link = &pending->queue;

	while (*link && (*link)->information.si_signo != signal)
		link = &(*link)->next;
	return link;
}

/* Removes the entry at link from its queue. */
static void dequeue(struct uk_signal_entry **link)
{
	struct uk_signal_entry *entry = *link;
	struct uk_signal_pending *pending = entry->where;
	int signal = entry->information.si_signo;

	*link = entry->next;
	entry->where = NULL;
	if (!*find(pending, signal))
		pending->set &= ~uk_signal_bit(signal);
	uk_signal_update_work();
}

/* Ends an entry that was taken, or will not be taken any more. */
static void finish(struct uk_signal_entry *entry)
{
	if (entry->taken) {
		entry->taken(entry);
		return;
	}
	queued--;
	uk_free(entry);
}

/* For the process's signals the first thread's mask decides (Linux, sig_ignored()). */
static bool is_discarded(const struct uk_thread *thread, int signal)
{
	if (!thread)
		thread = &uk_thread_main;
	return signal_is_ignored(signal) && !(thread->signal.blocked & uk_signal_bit(signal));
}

int uk_signal_send(struct uk_thread *thread, const siginfo_t *information)
{
	struct uk_signal_pending *pending = pending_of(thread);
	int signal = information->si_signo;
	struct uk_signal_entry *entry = NULL;

	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (is_discarded(thread, signal) ||
	    (signal < SIGRTMIN && pending->set & uk_signal_bit(signal)))
		return 0;
	if (queued < UK_SIGNAL_QUEUE_MAX)
		entry = uk_malloc(sizeof(*entry));
	if (entry) {
		*entry = (struct uk_signal_entry){.information = *information};
		queued++;
		enqueue(thread, entry);
		return 0;
	}
	/* As Linux: kill(2) never fails for want of memory, but the signal's information is
	 * lost. */
	if (signal >= SIGRTMIN && information->si_code != SI_USER)
		return -EAGAIN;
	pending->set |= uk_signal_bit(signal);
	announce(thread, signal);
	return 0;
}

bool uk_signal_send_entry(struct uk_thread *thread, struct uk_signal_entry *entry)
{
	if (is_discarded(thread, entry->information.si_signo))
		return false;
	enqueue(thread, entry);
	return true;
}

void uk_signal_withdraw(struct uk_signal_entry *entry)
{
	struct uk_signal_entry **link;

	if (!entry->where)
		return;
	for (link = &entry->where->queue; *link != entry; link = &(*link)->next)
		;
	dequeue(link);
}

/* Hands signals of the process that the running thread now blocks to other threads. */
static void pass_on(u64 signals)
{
	for (; signals; signals &= signals - 1)
		announce(NULL, __builtin_ctzl(signals) + 1);
}

void uk_signal_set_blocked(u64 blocked)
{
	u64 passed_on = blocked & ~state()->blocked & of_process.set;

	state()->blocked = blocked & ~UNBLOCKABLE;
	uk_signal_update_work();
	if (unlikely(passed_on) && uk_thread_count > 1)
		pass_on(passed_on);
}

/* Takes the first entry of a pending signal. */
static void take(struct uk_signal_pending *pending, int signal, siginfo_t *information)
{
	struct uk_signal_entry **link = find(pending, signal), *entry = *link;

	if (!entry) { /* there was no memory for its information */
		*information = (siginfo_t){.si_signo = signal};
		pending->set &= ~uk_signal_bit(signal);
		uk_signal_update_work();
		return;
	}
	*information = entry->information;
	dequeue(link);
	finish(entry);
}

static void discard(struct uk_signal_pending *pending, u64 signals)
{
	siginfo_t information;

	while (pending->set & signals)
		take(pending, __builtin_ctzl(pending->set & signals) + 1, &information);
}

void uk_signal_thread_ends(void)
{
	discard(&state()->pending, ~0UL);
	pass_on(of_process.set);
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
	/* As Linux: a program reads the flags back to find out which ones the kernel knows. */
	signal_action(signal)->flags &= SA_KNOWN;
	/* POSIX: setting it to be ignored discards pending signals. */
	if (!signal_is_ignored(signal))
		return 0;
	discard(&of_process, uk_signal_bit(signal));
	for (struct uk_thread *thread = &uk_thread_main; thread; thread = thread->next)
		discard(&thread->signal.pending, uk_signal_bit(signal));
	return 0;
}

static bool take_from(struct uk_signal_pending *pending, u64 set, siginfo_t *information)
{
	u64 ready = pending->set & set;

	if (!ready)
		return false;
	/* Faults before others (Linux, SYNCHRONOUS_MASK), then by number. */
	if (ready & uk_signal_bit(SIGSEGV))
		ready = uk_signal_bit(SIGSEGV);
	take(pending, __builtin_ctzl(ready) + 1, information);
	return true;
}

bool uk_signal_take(u64 set, siginfo_t *information)
{
	return take_from(&state()->pending, set, information) ||
	       take_from(&of_process, set, information);
}

bool uk_signal_on_altstack(u64 stack_pointer)
{
	const stack_t *stack = &state()->altstack;

	return !(stack->ss_flags & SS_DISABLE) && stack_pointer > (u64)stack->ss_sp &&
	       stack_pointer - (u64)stack->ss_sp <= stack->ss_size;
}
