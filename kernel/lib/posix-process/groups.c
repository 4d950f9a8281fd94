/* SPDX-License-Identifier: BSD-3-Clause */
/* Parents, process groups and sessions: credentials(7). */
#include <uk/process.h>
#include <uk/syscall.h>

UK_SYSCALL_R_DEFINE(pid_t, getppid)
{
	const struct uk_process *parent = uk_process_current()->parent;

	return parent ? parent->pid : 0;
}

UK_SYSCALL_R_DEFINE(pid_t, getpgrp)
{
	return uk_process_current()->group;
}

static const struct uk_process *find(pid_t pid)
{
	return pid ? uk_process_find(pid) : uk_process_current();
}

UK_SYSCALL_R_DEFINE(pid_t, getpgid, pid_t, pid)
{
	const struct uk_process *process = find(pid);

	return process ? process->group : -ESRCH;
}

UK_SYSCALL_R_DEFINE(pid_t, getsid, pid_t, pid)
{
	const struct uk_process *process = find(pid);

	return process ? process->session : -ESRCH;
}

UK_SYSCALL_R_DEFINE(pid_t, setsid)
{
	return uk_process_set_session();
}

UK_SYSCALL_R_DEFINE(int, setpgid, pid_t, pid, pid_t, pgid)
{
	return uk_process_set_group(pid, pgid);
}
