/* SPDX-License-Identifier: BSD-3-Clause */
/* Parents and children: wait(2), zombies, and children whose parent ends. */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/linux/time.h>
#include <uk/system.h>

#include "process.h"

#define NS_PER_TICK (NS_PER_SECOND / UK_CLOCK_TICKS)

/* Was released by its own last thread, whose stack was still in use. */
static struct uk_process *released;

void children_add(struct uk_process *parent, struct uk_process *child)
{
	struct uk_process **link = &parent->children;

	while (*link)
		link = &(*link)->sibling;
	child->parent = parent;
	child->sibling = NULL;
	*link = child;
}

void children_remove(struct uk_process *child)
{
	struct uk_process **link = &child->parent->children;

	while (*link != child)
		link = &(*link)->sibling;
	*link = child->sibling;
}

static void free_process(struct uk_process *process)
{
	uk_wait_clear(&process->signal_queue);
	uk_wait_clear(&process->children_queue);
	uk_credentials_put(process->threads->credentials);
	uk_free(process->threads);
	uk_free(process);
}

/* Removes a zombie. */
static void release(struct uk_process *process)
{
	children_remove(process);
	process_remove(process);
	pidfd_process_gone(process);
	if (released)
		free_process(released);
	released = process;
	if (process == uk_process_current())
		return;
	released = NULL;
	free_process(process);
}

static struct uk_process_usage usage_of(const struct uk_process *process)
{
	return (struct uk_process_usage){
		.ran = uk_sched_process_ran(process) + process->children_usage.ran,
		.resident = process->children_usage.resident,
	};
}

static int end_code(const struct uk_process *process)
{
	return process->signal ? CLD_KILLED : CLD_EXITED;
}

static int end_status(const struct uk_process *process)
{
	return process->signal ? process->signal : process->status;
}

/* Whether the first process takes care of children that it has not created: it has asked for them,
 * handles their end, or waits for a child. Otherwise the kernel does. */
static bool takes_care(const struct uk_process *first)
{
	uintptr_t handler = uk_signal_action_of(first, SIGCHLD)->handler;

	return first->is_subreaper || (handler != SIG_DFL && handler != SIG_IGN) ||
	       first->children_queue.first;
}

/* Whether a child leaves no zombie: sigaction(2), SA_NOCLDWAIT. */
static bool is_unwanted(const struct uk_process *child, const struct kernel_sigaction *action)
{
	if (child->is_adopted && uk_process_is_first(child->parent) && !takes_care(child->parent))
		return true;
	return child->exit_signal == SIGCHLD &&
	       (action->handler == SIG_IGN || action->flags & SA_NOCLDWAIT);
}

void children_tell_end(struct uk_process *process)
{
	struct uk_process *parent = process->parent;
	const struct kernel_sigaction *action = uk_signal_action_of(parent, SIGCHLD);
	bool unwanted = is_unwanted(process, action);
	siginfo_t information = {
		.si_signo = process->exit_signal,
		.si_code = end_code(process),
		.si_pid = process->pid,
		.si_utime = (s64)(uk_sched_process_ran(process) / NS_PER_TICK),
	};

	information.si_uid = process->threads->credentials->uid;
	information.si_status = end_status(process);
	if (process->exit_signal)
		uk_signal_send(uk_signal_to_process(parent), &information);
	uk_wait_wake_all(&parent->children_queue, POLLIN);
	pidfd_wake(process);
	if (unwanted)
		release(process);
}

/* prctl(2), PR_SET_CHILD_SUBREAPER: the nearest ancestor that wants orphans, or the first
 * process. */
static struct uk_process *reaper_of(const struct uk_process *process)
{
	struct uk_process *reaper = process->parent;

	while (!uk_process_is_first(reaper) && (!reaper->is_subreaper || reaper->is_ending))
		reaper = reaper->parent;
	return reaper;
}

void children_give_away(struct uk_process *process)
{
	struct uk_process *reaper = reaper_of(process), *child;

	while ((child = process->children)) {
		const siginfo_t death = {.si_signo = child->death_signal, .si_pid = process->pid};

		children_remove(child);
		children_add(reaper, child);
		child->is_adopted = true;
		child->exit_signal = SIGCHLD;
		if (child->death_signal)
			uk_signal_send(uk_signal_to_process(child), &death);
		if (child->is_zombie)
			children_tell_end(child);
	}
}

static bool is_wanted(const struct uk_process *child, const struct uk_process_wait *wait)
{
	if (wait->pid > 0 ? child->pid != wait->pid : wait->pid && child->group != -wait->pid)
		return false;
	return wait->all || (child->exit_signal != SIGCHLD) == wait->others;
}

static bool has_news(const struct uk_process *child, const struct uk_process_wait *wait)
{
	if (child->is_zombie)
		return wait->ended;
	return (wait->stopped && child->event == UK_PROCESS_HAS_STOPPED) ||
	       (wait->continued && child->event == UK_PROCESS_HAS_CONTINUED);
}

/* The first child that has news. *exists: whether there is a child to wait for. */
static struct uk_process *find_child(const struct uk_process_wait *wait, bool *exists)
{
	*exists = false;
	for (struct uk_process *child = uk_process_current()->children; child;
	     child = child->sibling) {
		if (!is_wanted(child, wait))
			continue;
		if (has_news(child, wait))
			return child;
		*exists |= !child->is_zombie;
	}
	return NULL;
}

static void take_news(struct uk_process *child, const struct uk_process_wait *wait,
		      struct uk_process_waited *waited)
{
	struct uk_process_usage *usage = &uk_process_current()->children_usage;

	*waited = (struct uk_process_waited){
		.pid = child->pid,
		.uid = child->threads->credentials->uid,
		.usage = usage_of(child),
	};
	if (!child->is_zombie) {
		waited->code = child->event == UK_PROCESS_HAS_STOPPED ? CLD_STOPPED : CLD_CONTINUED;
		waited->status = child->event_signal;
		if (!wait->peek)
			child->event = UK_PROCESS_NO_EVENT;
		return;
	}
	waited->code = end_code(child);
	waited->status = end_status(child);
	if (wait->peek)
		return;
	usage->ran += waited->usage.ran;
	usage->resident = MAX(usage->resident, waited->usage.resident);
	release(child);
}

int uk_process_wait(const struct uk_process_wait *wait, struct uk_process_waited *waited)
{
	struct uk_wait_queue *queue = &uk_process_current()->children_queue;
	bool exists;
	struct uk_process *child = find_child(wait, &exists);

	*waited = (struct uk_process_waited){0};
	if (!child && exists && wait->at_once)
		return 0;
	if (!child && exists &&
	    uk_wait_until(queue, POLLIN, false, (child = find_child(wait, &exists)) || !exists,
			  UINT64_MAX))
		return -UK_ERESTART;
	if (!child)
		return -ECHILD;
	take_news(child, wait, waited);
	return 0;
}
