/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation of processes: what a child shares, inherits, and begins with: fork(2), clone(2). */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/linux/sched.h>
#include <uk/mm.h>
#include <uk/paths.h>
#include <uk/plat.h>
#include <uk/string.h>

#include "process.h"

#define THREADS_MAX 32768 /* of all processes, as /proc/sys/kernel/pid_max says by default */

/* Shares or copies what clone(2) can share. False without memory. */
static bool take_resources(struct uk_process *child, const struct uk_process *from, u64 flags)
{
	child->mm = flags & CLONE_VM ? uk_mm_get(from->mm) : uk_mm_fork(from->mm);
	if (child->mm)
		child->files = flags & CLONE_FILES ? uk_fd_table_get(from->files)
						   : uk_fd_table_fork(from->files);
	if (child->files)
		child->paths =
			flags & CLONE_FS ? uk_paths_get(from->paths) : uk_paths_fork(from->paths);
	if (child->paths)
		child->signal_actions = flags & CLONE_SIGHAND
						? uk_signal_actions_get(from->signal_actions)
						: uk_signal_actions_fork(from->signal_actions);
	if (!child->signal_actions)
		return false;
	if (flags & CLONE_CLEAR_SIGHAND)
		uk_signal_actions_reset(child->signal_actions);
	return true;
}

static void take_program(struct uk_process *child, const struct uk_process *from)
{
	child->program = from->program;
	if (child->program.executable) {
		uk_file_get(child->program.executable);
		child->program.executable->vnode->executed++;
	}
	if (child->program.loaded)
		child->program.loaded->references++;
}

static void inherit_thread(struct uk_thread *child, const struct uk_thread *from, u64 flags)
{
	memcpy(child->name, from->name, sizeof(child->name));
	child->policy = from->policy;
	child->priority = from->priority;
	child->nice = from->nice;
	child->signal.blocked = from->signal.blocked;
	child->signal.altstack = from->signal.altstack;
	/* Linux, copy_process(): where the two would use one stack. */
	if ((flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM)
		child->signal.altstack = (stack_t){.ss_flags = SS_DISABLE};
}

static void inherit(struct uk_process *child, const struct uk_process *from)
{
	child->group = from->group;
	child->session = from->session;
	child->terminal = from->terminal;
	memcpy(child->limits, from->limits, sizeof(child->limits));
	child->no_new_privs = from->no_new_privs;
	child->dumpable = from->dumpable;
	child->membarrier_registered = from->membarrier_registered;
	child->oom_score_adj = from->oom_score_adj;
	child->started = ukplat_monotonic_ns();
}

int uk_process_create(u64 flags, int exit_signal, const struct __regs *regs,
		      struct uk_process **created)
{
	struct uk_process *from = uk_process_current(), *child;
	struct uk_thread *thread;

	if (uk_sched_thread_count >= THREADS_MAX)
		return -EAGAIN;
	child = uk_zalloc(sizeof(*child));
	if (!child)
		return -ENOMEM;
	thread = uk_thread_create(child, regs);
	if (!thread) {
		uk_free(child);
		return -ENOMEM;
	}
	child->threads = thread;
	child->thread_count = 1;
	child->pid = thread->tid;
	/* Like Linux, where CLONE_PARENT also keeps the signal. */
	child->parent = flags & CLONE_PARENT && from->parent ? from->parent : from;
	child->exit_signal = flags & CLONE_PARENT ? from->exit_signal : exit_signal;
	inherit(child, from);
	inherit_thread(thread, uk_thread_current(), flags);
	if (!take_resources(child, from, flags)) {
		uk_process_discard(child);
		return -ENOMEM;
	}
	take_program(child, from);
	*created = child;
	return 0;
}

void uk_process_start(struct uk_process *process)
{
	children_add(process->parent, process);
	process_add(process);
	uk_sched_add(process->threads);
}

void uk_process_discard(struct uk_process *process)
{
	const struct uk_process_program *program = &process->program;

	if (program->loaded)
		program->loaded->references--; /* the parent has one too */
	if (program->executable) {
		program->executable->vnode->executed--;
		uk_file_put(program->executable);
	}
	if (process->signal_actions)
		uk_signal_actions_put(process->signal_actions);
	if (process->paths)
		uk_paths_put(process->paths);
	if (process->files)
		uk_fd_table_put(process->files, process);
	if (process->mm)
		uk_mm_put(process->mm);
	uk_credentials_put(process->threads->credentials);
	ukplat_context_destroy(&process->threads->sched.context);
	uk_free(process->threads);
	uk_free(process);
}
