/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a process, and what it gives up before: _exit(2), execve(2). */
#include <uk/elf_loader.h>
#include <uk/fd_table.h>
#include <uk/mm.h>
#include <uk/paths.h>

#include "process.h"

void (*uk_process_leaves_terminal)(struct uk_process *process);

void uk_process_set_mm(struct uk_mm *mm)
{
	struct uk_process *process = uk_process_current();
	struct uk_mm *previous = process->mm;

	process->mm = mm;
	ukplat_space_switch(mm ? mm->space : NULL);
	uk_mm_put(previous);
}

void uk_process_release_parent(struct uk_process *process)
{
	struct uk_process_vfork *vfork = process->vfork;

	process->vfork = NULL;
	if (!vfork)
		return;
	vfork->is_over = true;
	uk_sched_wake(vfork->parent);
}

static void end_program(struct uk_process *process)
{
	struct uk_process_program *program = &process->program;
	struct uk_file *executable = program->executable;

	program->executable = NULL;
	if (executable) {
		executable->vnode->executed--;
		uk_file_put(executable);
	}
	if (program->loaded)
		program->loaded->put(program->loaded);
	program->loaded = NULL;
}

void uk_process_end(void)
{
	struct uk_process *process = uk_process_current();
	struct uk_fd_table *files = process->files;
	struct uk_paths *paths = process->paths;

	uk_process_timers_end(process);
	/* Closing may wait; meanwhile others can look at the process (/proc/PID). */
	uk_fd_table_put(files, process);
	process->files = NULL;
	process->paths = NULL;
	uk_paths_put(paths);
	end_program(process);
	process->children_usage.resident =
		MAX(process->children_usage.resident, uk_mm_resident(process->mm));
	uk_process_set_mm(NULL);
	uk_process_release_parent(process);
	if (uk_process_leaves_terminal)
		uk_process_leaves_terminal(process);
	uk_signal_process_ends(process);
	group_hang_up_orphans(process);
	process->is_zombie = true;
	uk_signal_actions_put(process->signal_actions);
	process->signal_actions = NULL;
	children_give_away(process);
	children_tell_end(process);
}
