/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process: the data that belong to it, and references to what it shares. The fields belong to the
 * library named next to them. Pointers to objects that clone(2) can share are counted references.
 */
#ifndef UK_PROCESS_H
#define UK_PROCESS_H

#include <uk/essentials.h>
#include <uk/linux/resource.h>
#include <uk/process_timers.h>
#include <uk/thread.h>
#include <uk/wait.h>

struct uk_fd_table;
struct uk_file;
struct uk_mm;
struct uk_paths;
struct uk_program;
struct uk_tty;
struct uk_vma;

/* The program that the process executes; all 0 and NULL before it is loaded. */
struct uk_process_program {
	struct uk_file *executable;		/* with a reference */
	const struct uk_program *loaded;	/* elfloader; for debuggers */
	uintptr_t arguments, arguments_end;	/* argv's strings */
	uintptr_t environment, environment_end; /* envp's strings */
	uintptr_t auxiliary, auxiliary_end;	/* the auxiliary vector */
	uintptr_t entry;			/* of the program, not of its interpreter */
	uintptr_t stack;			/* the initial stack pointer */
};

struct uk_process {
	pid_t pid;
	struct uk_process *next;   /* of all processes */
	struct uk_thread *threads; /* the first one is the leader: its number is the pid, and it
				    * stays in the list after it has ended */
	unsigned int thread_count; /* threads that have not ended */

	struct uk_mm *mm;			  /* mm */
	struct uk_fd_table *files;		  /* vfs */
	struct uk_paths *paths;			  /* vfs: root, working directory, umask */
	struct uk_signal_actions *signal_actions; /* signal */
	struct uk_signal_pending signal_pending;  /* signal: for any thread of the process */
	struct uk_wait_queue signal_queue;	  /* signal: woken by each signal (signalfd(2)) */
	unsigned int signals_queued; /* signal: number of entries allocated by the kernel, at most
				      * UK_SIGNAL_QUEUE_MAX */

	struct uk_tty *terminal; /* tty: the controlling terminal, or NULL */

	struct uk_process_program program;
	struct rlimit limits[RLIM_NLIMITS];
	struct uk_process_timers timers;
	bool no_new_privs;
	int dumpable;		    /* PR_GET_DUMPABLE */
	bool membarrier_registered; /* MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED */
	int oom_score_adj;	    /* proc_pid_oom_score_adj(5); only stored and shown */
};

static inline struct uk_process *uk_process_current(void)
{
	return uk_cpu_current()->process;
}

static inline struct uk_signal_target uk_signal_to_process(struct uk_process *process)
{
	return (struct uk_signal_target){.process = process};
}

static inline struct uk_signal_target uk_signal_to_thread(struct uk_thread *thread)
{
	return (struct uk_signal_target){.process = thread->process, .thread = thread};
}

/* Whether the process ends when the running thread ends. */
static inline bool uk_process_is_last_thread(const struct uk_process *process)
{
	return process->thread_count == 1;
}

/* Whether the process has more than one thread. */
static inline bool uk_process_is_threaded(const struct uk_process *process)
{
	return process->thread_count > 1;
}

/* Creates the first process; the running code becomes its first thread. Called once, at boot;
 * panics without memory. */
void uk_process_init(void);

/* Returns the process with this number, or NULL. */
struct uk_process *uk_process_find(pid_t pid);
/* Returns the process with the lowest number that is not below lowest, or NULL: for walks during
 * which processes begin and end. */
struct uk_process *uk_process_next(pid_t lowest);

/* Sets the executed file, which gets a reference; the last component of the path by which it was
 * executed becomes the name. */
void uk_process_set_executable(struct uk_process *process, struct uk_file *file, const char *path);

/* Writes a line of /proc/self/maps (proc_pid_maps(5)), including its newline, not terminated.
 * Returns its length. The buffer has UK_PROCESS_MAPPING_MAX bytes: enough for a path of PATH_MAX
 * with every byte escaped. */
#define UK_PROCESS_MAPPING_MAX (4 * (4096 + 16) + 128)
size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer);

#endif
