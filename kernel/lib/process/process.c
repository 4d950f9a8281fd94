/* SPDX-License-Identifier: BSD-3-Clause */
/* All processes: the first one, and finding one. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/credentials.h>
#include <uk/fd_table.h>
#include <uk/mm.h>
#include <uk/paths.h>
#include <uk/plat.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "process.h"

#define FIRST_PID 1

static struct uk_process *processes; /* in the order of their creation */
static struct uk_process *newest;
static u64 created;

/* getrlimit(2): the initial limits. */
static const struct rlimit limits_at_start[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_FSIZE] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_DATA] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_STACK] = {8UL << 20, RLIM_INFINITY},
	[RLIMIT_CORE] = {0, RLIM_INFINITY},
	[RLIMIT_RSS] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_NPROC] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_NOFILE] = {UK_FD_SOFT_LIMIT, UK_FD_HARD_LIMIT},
	[RLIMIT_MEMLOCK] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_AS] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_LOCKS] = {RLIM_INFINITY, RLIM_INFINITY},
	[RLIMIT_SIGPENDING] = {UK_SIGNAL_QUEUE_MAX, UK_SIGNAL_QUEUE_MAX},
	[RLIMIT_RTTIME] = {RLIM_INFINITY, RLIM_INFINITY},
};

void uk_process_init(void)
{
	struct uk_process *process = uk_zalloc(sizeof(*process));
	struct uk_thread *thread = uk_zalloc(sizeof(*thread));

	UK_ASSERT(process && thread);
	process->pid = process->group = process->session = FIRST_PID;
	process->exit_signal = SIGCHLD;
	process->has_executed = true;
	process->started = ukplat_monotonic_ns();
	process->threads = thread;
	process->thread_count = 1;
	process->mm = uk_mm_create();
	process->files = uk_fd_table_create();
	process->paths = uk_paths_create();
	process->signal_actions = uk_signal_actions_create();
	thread->credentials = uk_credentials_create();
	UK_ASSERT(thread->credentials && process->mm && process->files && process->paths &&
		  process->signal_actions);
	ukplat_space_switch(process->mm->space);
	memcpy(process->limits, limits_at_start, sizeof(process->limits));
	process->dumpable = 1;
	thread->tid = FIRST_PID;
	thread->process = process;
	thread->signal.altstack.ss_flags = SS_DISABLE;
	uk_cpu_current()->thread = thread;
	uk_cpu_current()->process = process;
	uk_signal_group_is_orphaned = group_is_orphaned;
	process_add(process);
}

void process_add(struct uk_process *process)
{
	if (newest)
		newest->next = process;
	else
		processes = process;
	newest = process;
	created++;
}

void process_remove(struct uk_process *process)
{
	struct uk_process *before = NULL;

	for (struct uk_process *other = processes; other != process; other = other->next)
		before = other;
	before->next = process->next; /* the first process is never removed */
	if (newest == process)
		newest = before;
}

struct uk_process *uk_process_after(const struct uk_process *process)
{
	return process ? process->next : processes;
}

u64 uk_process_created(void)
{
	return created;
}

struct uk_process *uk_process_find(pid_t pid)
{
	struct uk_process *process = processes;

	while (process && process->pid != pid)
		process = process->next;
	return process;
}

struct uk_process *uk_process_next(pid_t lowest)
{
	struct uk_process *next = NULL;

	for (struct uk_process *process = processes; process; process = process->next) {
		if (process->pid >= lowest && (!next || process->pid < next->pid))
			next = process;
	}
	return next;
}

void uk_process_set_executable(struct uk_process *process, struct uk_file *file, const char *path)
{
	const char *slash = strrchr(path, '/');

	struct uk_file *previous = process->program.executable;

	process->program.executable = uk_file_get(file);
	file->vnode->executed++;
	if (previous) {
		previous->vnode->executed--;
		uk_file_put(previous);
	}
	uk_thread_set_name(process->threads, slash ? slash + 1 : path);
}
