/* SPDX-License-Identifier: BSD-3-Clause */
/* Process groups and sessions: credentials(7), setpgid(2), setsid(2). */
#include <uk/errno.h>
#include <uk/signal.h>

#include "process.h"

bool uk_process_group_exists(pid_t group, pid_t session)
{
	for_each_process(process)
	{
		if (process->group == group && (!session || process->session == session))
			return true;
	}
	return false;
}

int uk_process_set_group(pid_t pid, pid_t group)
{
	struct uk_process *self = uk_process_current();
	struct uk_process *process = pid ? uk_process_find(pid) : self;

	if (!group)
		group = pid ? pid : self->pid;
	if (group < 0)
		return -EINVAL;
	if (!process)
		return -ESRCH;
	if (process->parent == self) {
		if (process->session != self->session)
			return -EPERM;
		if (process->has_executed)
			return -EACCES;
	} else if (process != self) {
		return -ESRCH;
	}
	if (process->session == process->pid)
		return -EPERM;
	if (group != process->pid && !uk_process_group_exists(group, self->session))
		return -EPERM;
	process->group = group;
	return 0;
}

int uk_process_set_session(void)
{
	struct uk_process *self = uk_process_current();

	if (uk_process_group_exists(self->pid, 0))
		return -EPERM;
	self->session = self->group = self->pid;
	self->terminal = NULL;
	return self->pid;
}

void uk_process_signal_group(pid_t group, int signal)
{
	const siginfo_t information = {.si_signo = signal, .si_code = SI_KERNEL};

	for_each_process(process)
	{
		if (process->group == group)
			uk_signal_send(uk_signal_to_process(process), &information);
	}
}

/* POSIX 3.264; `leaving` does not count. The first process was started by somebody outside, like a
 * shell's job. */
static bool is_orphaned(pid_t group, const struct uk_process *leaving)
{
	for_each_process(process)
	{
		const struct uk_process *parent = process->parent;

		if (process->group != group || process == leaving || process->is_zombie)
			continue;
		if (!parent || (parent != leaving && parent->group != group &&
				parent->session == process->session))
			return false;
	}
	return true;
}

bool group_is_orphaned(pid_t group)
{
	return is_orphaned(group, NULL);
}

static bool has_stopped(pid_t group)
{
	for_each_process(process)
	{
		if (process->group == group && process->stop_signal)
			return true;
	}
	return false;
}

static void hang_up(pid_t group, const struct uk_process *leaving)
{
	if (!has_stopped(group) || !is_orphaned(group, leaving))
		return;
	uk_process_signal_group(group, SIGHUP);
	uk_process_signal_group(group, SIGCONT);
}

/* Linux, kill_orphaned_pgrp(). */
void group_hang_up_orphans(const struct uk_process *process)
{
	if (process->parent->group != process->group &&
	    process->parent->session == process->session)
		hang_up(process->group, process);
	for (const struct uk_process *child = process->children; child; child = child->sibling) {
		if (child->group != process->group && child->session == process->session)
			hang_up(child->group, process);
	}
}
