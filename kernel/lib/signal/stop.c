/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes that stop, continue, and end because of signals. */
#include <uk/linux/file.h>
#include <uk/sched.h>
#include <uk/thread.h>

#include "signal.h"

bool (*uk_signal_group_is_orphaned)(pid_t group);
bool (*uk_signal_stop_run)(void);

static void wake_threads(const struct uk_process *process)
{
	for (struct uk_thread *thread = process->threads; thread; thread = thread->next)
		uk_sched_wake(thread);
	uk_signal_update_work();
}

void uk_signal_end_process(struct uk_process *process, int status, int signal)
{
	if (process->is_ending || process->is_zombie)
		return;
	process->is_ending = true;
	process->status = status;
	process->signal = signal;
	wake_threads(process);
}

/* SIGCHLD, unless the parent has said that it is not interested (SA_NOCLDSTOP). */
static void tell_parent(struct uk_process *process, enum uk_process_event event, int signal)
{
	struct uk_process *parent = process->parent;
	siginfo_t information = {
		.si_signo = SIGCHLD,
		.si_code = event == UK_PROCESS_HAS_STOPPED ? CLD_STOPPED : CLD_CONTINUED,
		.si_pid = process->pid,
	};

	process->event = event;
	process->event_signal = signal;
	if (!parent || parent->is_zombie)
		return;
	information.si_status = signal;
	if (!(uk_signal_action_of(parent, SIGCHLD)->flags & SA_NOCLDSTOP))
		uk_signal_send(uk_signal_to_process(parent), &information);
	uk_wait_wake_all(&parent->children_queue, POLLIN);
}

void uk_signal_stop(int signal)
{
	struct uk_process *process = uk_process_current();

	if (uk_process_is_first(process) && uk_signal_stop_run && uk_signal_stop_run())
		return;
	/* Nobody could continue it: the only process, and, as on Linux, orphaned groups. */
	if (uk_process_is_first(process) && !process->children)
		return;
	if (signal != SIGSTOP && uk_signal_group_is_orphaned(process->group))
		return;
	process->stop_signal = signal;
	tell_parent(process, UK_PROCESS_HAS_STOPPED, signal);
	wake_threads(process);
}

void uk_signal_wait_while_stopped(void)
{
	const struct uk_process *process = uk_process_current();

	while (process->stop_signal && !uk_thread_must_end(uk_thread_current()))
		uk_sched_sleep(UINT64_MAX);
}

static void go_on(struct uk_process *process)
{
	process->stop_signal = 0;
	wake_threads(process);
}

void signal_prepare(struct uk_process *process, int signal)
{
	if (uk_signal_is_stop(signal)) {
		signal_discard(process, uk_signal_bit(SIGCONT));
	} else if (signal == SIGCONT) {
		signal_discard(process, UK_SIGNAL_STOPS);
		if (!process->stop_signal)
			return;
		go_on(process);
		tell_parent(process, UK_PROCESS_HAS_CONTINUED, SIGCONT);
	} else if (signal == SIGKILL && process->stop_signal) {
		go_on(process);
	}
}
