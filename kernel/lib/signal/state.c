/* SPDX-License-Identifier: BSD-3-Clause */
/* Masks and pending signals. */
#include <uk/alloc.h>
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/linux/file.h>

#include "signal.h"

#define UNBLOCKABLE (uk_signal_bit(SIGKILL) | uk_signal_bit(SIGSTOP))

struct kernel_sigaction *uk_signal_action_of(const struct uk_process *process, int signal)
{
	return &process->signal_actions->of[signal - 1];
}

static struct uk_signal_thread *state(void)
{
	return &uk_thread_current()->signal;
}

u64 uk_signal_waiting(void)
{
	return state()->pending.set | uk_process_current()->signal_pending.set;
}

void uk_signal_update_work(void)
{
	const struct uk_thread *thread = uk_thread_current();

	if (uk_signal_waiting() & ~state()->blocked || thread->process->stop_signal ||
	    uk_thread_must_end(thread))
		uk_cpu_current()->work |= UK_WORK_SIGNAL;
	else
		uk_cpu_current()->work &= (u8)~UK_WORK_SIGNAL;
}

/* The pending unblocked signals whose default action stops the process. */
static u64 stopping(u64 signals)
{
	u64 stops = 0;

	for (signals &= UK_SIGNAL_STOPS; signals; signals &= signals - 1) {
		int signal = __builtin_ctzl(signals) + 1;

		if (uk_signal_action_of(uk_process_current(), signal)->handler == SIG_DFL)
			stops |= uk_signal_bit(signal);
	}
	return stops;
}

/* A call that waits does not notice that the process stops and continues meanwhile. */
static void stop_if_due(void)
{
	siginfo_t information;
	u64 ready, stops;

	do {
		uk_signal_wait_while_stopped();
		ready = uk_signal_waiting() & ~state()->blocked;
		stops = stopping(ready);
		if (ready == stops && uk_signal_take(stops, &information))
			uk_signal_stop(information.si_signo);
	} while (ready && ready == stops);
}

bool uk_signal_pending(void)
{
	uk_timer_check();
	/* After a switch the bit is set, whichever thread was switched to (uk/sched.h). */
	if (uk_cpu_current()->work & UK_WORK_SIGNAL) {
		stop_if_due();
		uk_signal_update_work();
	}
	return uk_cpu_current()->work & UK_WORK_SIGNAL;
}

bool uk_signal_is_due(void)
{
	uk_timer_check();
	if (uk_cpu_current()->work & UK_WORK_SIGNAL)
		uk_signal_update_work();
	return uk_cpu_current()->work & UK_WORK_SIGNAL;
}

/* signal(7): the default action of these is to ignore. */
static bool ignored_by_default(int signal)
{
	return uk_signal_bit(signal) & (uk_signal_bit(SIGCHLD) | uk_signal_bit(SIGCONT) |
					uk_signal_bit(SIGURG) | uk_signal_bit(SIGWINCH));
}

bool uk_signal_is_ignored(const struct uk_process *process, int signal)
{
	uintptr_t handler = uk_signal_action_of(process, signal)->handler;

	return handler == SIG_IGN || (handler == SIG_DFL && ignored_by_default(signal));
}

static bool can_take(const struct uk_thread *thread, int signal)
{
	return thread->sched.state != UK_SCHED_ENDED &&
	       !(thread->signal.blocked & ~thread->signal.awaited & uk_signal_bit(signal));
}

/* The thread that takes a signal of the process: one that waits for it or does not block it,
 * preferably the running one (Linux, complete_signal()). NULL: all threads block it. */
static struct uk_thread *choose_thread(const struct uk_process *process, int signal)
{
	struct uk_thread *thread = uk_thread_current();

	if (thread->process == process && can_take(thread, signal))
		return thread;
	for (thread = process->threads; thread && !can_take(thread, signal); thread = thread->next)
		;
	return thread;
}

/* Wakes the thread that takes a pending signal. */
static void announce(struct uk_signal_target target, int signal)
{
	struct uk_thread *thread =
		target.thread ? target.thread : choose_thread(target.process, signal);

	if (thread && can_take(thread, signal))
		uk_sched_wake(thread);
	uk_signal_update_work();
}

/* Called when a signal has become pending. */
static void tell(struct uk_signal_target target, int signal)
{
	announce(target, signal);
	uk_wait_wake_all(&target.process->signal_queue, POLLIN);
}

static struct uk_signal_pending *pending_of(struct uk_signal_target target)
{
	return target.thread ? &target.thread->signal.pending : &target.process->signal_pending;
}

static void enqueue(struct uk_signal_target target, struct uk_signal_entry *entry)
{
	struct uk_signal_pending *pending = pending_of(target);
	struct uk_signal_entry **link = &pending->queue;

	while (*link)
		link = &(*link)->next;
	entry->next = NULL;
	entry->where = pending;
	*link = entry;
	pending->set |= uk_signal_bit(entry->information.si_signo);
	tell(target, entry->information.si_signo);
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
	entry->sent_to->signals_queued--;
	uk_free(entry);
}

/* For the process's signals the first thread's mask decides (Linux, sig_ignored()). */
static bool is_discarded(struct uk_signal_target target, int signal)
{
	const struct uk_thread *thread = target.thread ? target.thread : target.process->threads;

	return uk_signal_is_ignored(target.process, signal) &&
	       !(thread->signal.blocked & uk_signal_bit(signal));
}

int uk_signal_send(struct uk_signal_target target, const siginfo_t *information)
{
	struct uk_signal_pending *pending = pending_of(target);
	struct uk_process *process = target.process;
	int signal = information->si_signo;
	struct uk_signal_entry *entry = NULL;

	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (process->is_zombie)
		return 0;
	signal_prepare(process, signal);
	if (is_discarded(target, signal) ||
	    (signal < SIGRTMIN && pending->set & uk_signal_bit(signal)))
		return 0;
	if (process->signals_queued < UK_SIGNAL_QUEUE_MAX)
		entry = uk_malloc(sizeof(*entry));
	if (entry) {
		*entry = (struct uk_signal_entry){
			.information = *information,
			.sent_to = process,
		};
		process->signals_queued++;
		enqueue(target, entry);
		return 0;
	}
	/* As Linux: kill(2) never fails for want of memory, but the signal's information is
	 * lost. */
	if (signal >= SIGRTMIN && information->si_code != SI_USER)
		return -EAGAIN;
	pending->set |= uk_signal_bit(signal);
	tell(target, signal);
	return 0;
}

bool uk_signal_send_entry(struct uk_signal_target target, struct uk_signal_entry *entry)
{
	if (target.process->is_zombie)
		return false;
	signal_prepare(target.process, entry->information.si_signo);
	if (is_discarded(target, entry->information.si_signo))
		return false;
	enqueue(target, entry);
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
	const struct uk_signal_target target = {.process = uk_process_current()};

	for (; signals; signals &= signals - 1)
		announce(target, __builtin_ctzl(signals) + 1);
}

void uk_signal_set_blocked(u64 blocked)
{
	const struct uk_process *process = uk_process_current();
	u64 passed_on = blocked & ~state()->blocked & process->signal_pending.set;

	state()->blocked = blocked & ~UNBLOCKABLE;
	uk_signal_update_work();
	if (unlikely(passed_on) && uk_process_is_threaded(process))
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

void signal_discard(struct uk_process *process, u64 signals)
{
	discard(&process->signal_pending, signals);
	for (struct uk_thread *thread = process->threads; thread; thread = thread->next)
		discard(&thread->signal.pending, signals);
}

void uk_signal_process_ends(struct uk_process *process)
{
	discard(&process->signal_pending, ~0UL);
}

void uk_signal_thread_ends(void)
{
	discard(&state()->pending, ~0UL);
	pass_on(uk_process_current()->signal_pending.set);
}

int uk_signal_action(struct uk_process *process, int signal, const struct kernel_sigaction *action,
		     struct kernel_sigaction *old)
{
	struct kernel_sigaction *current;

	if (signal < 1 || signal > _NSIG)
		return -EINVAL;
	if (action && uk_signal_bit(signal) & UNBLOCKABLE)
		return -EINVAL;
	current = uk_signal_action_of(process, signal);
	if (old)
		*old = *current;
	if (!action)
		return 0;
	*current = *action;
	current->mask &= ~UNBLOCKABLE;
	/* As Linux: a program reads the flags back to find out which ones the kernel knows. */
	current->flags &= SA_KNOWN;
	/* POSIX: setting it to be ignored discards pending signals. */
	if (!uk_signal_is_ignored(process, signal))
		return 0;
	signal_discard(process, uk_signal_bit(signal));
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
	       take_from(&uk_process_current()->signal_pending, set, information);
}

int uk_signal_wait(u64 set, siginfo_t *information, u64 deadline)
{
	const struct uk_process *process = uk_process_current();
	int error;

	state()->awaited = set;
	for (;;) {
		/* This runs timers, which send signals. */
		bool interrupted = uk_signal_pending();

		error = 0;
		if (uk_signal_take(set, information))
			break;
		if (interrupted)
			error = -EINTR;
		else if (deadline != UINT64_MAX && ukplat_monotonic_ns() >= deadline)
			error = -EAGAIN;
		if (error)
			break;
		uk_sched_sleep(deadline);
	}
	state()->awaited = 0;
	/* Others may wait for what this thread was woken for and did not take. */
	if (uk_process_is_threaded(process))
		pass_on(process->signal_pending.set & set);
	return error;
}

bool uk_signal_on_altstack(u64 stack_pointer)
{
	const stack_t *stack = &state()->altstack;

	return !(stack->ss_flags & SS_DISABLE) && stack_pointer > (u64)stack->ss_sp &&
	       stack_pointer - (u64)stack->ss_sp <= stack->ss_size;
}
