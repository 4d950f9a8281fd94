/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process: the data that belong to it, and references to what it shares. The fields belong to the
 * library named next to them. Pointers to objects that clone(2) can share are counted references.
 *
 * A process begins with uk_process_create() and uk_process_start(). When its last thread ends it
 * becomes a zombie, which has no mm, files, paths and signal_actions (all NULL), until its parent
 * waits for it. The machine ends with the first process.
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
struct uk_pidfd;
struct uk_mm;
struct uk_paths;
struct uk_program;
struct uk_tty;
struct uk_vma;

/* The program that the process executes; all 0 and NULL before it is loaded. */
struct uk_process_program {
	struct uk_file *executable;		/* with a reference */
	struct uk_program *loaded;		/* elfloader; with a reference */
	uintptr_t arguments, arguments_end;	/* argv's strings */
	uintptr_t environment, environment_end; /* envp's strings */
	uintptr_t auxiliary, auxiliary_end;	/* the auxiliary vector */
	uintptr_t entry;			/* of the program, not of its interpreter */
	uintptr_t stack;			/* the initial stack pointer */
};

/* The time of processes on the processor, nanoseconds, and the largest resident size of one of
 * them, bytes: getrusage(2). */
struct uk_process_usage {
	u64 ran;
	size_t resident;
};

/* For the parent of vfork(2), which waits; on its stack. */
struct uk_process_vfork {
	struct uk_thread *parent;
	bool is_over;
};

/* What a process does with the events that its parent may wait for, in addition to its end. */
enum uk_process_event {
	UK_PROCESS_NO_EVENT,
	UK_PROCESS_HAS_STOPPED,
	UK_PROCESS_HAS_CONTINUED,
};

struct uk_process {
	pid_t pid;
	struct uk_process *next;   /* of all processes */
	struct uk_thread *threads; /* the first one is the leader: its number is the pid, and it
				    * stays in the list after it has ended */
	unsigned int thread_count; /* threads that have not ended */
	u64 ended_ran;		   /* nanoseconds for which ended threads had the processor */
	u64 started;		   /* monotonic time, nanoseconds */

	struct uk_process *parent;		/* NULL: the first process */
	struct uk_process *children;		/* newest first, zombies included */
	struct uk_process *sibling;		/* the next one of the parent's children */
	struct uk_wait_queue children_queue;	/* woken (POLLIN) when a child changes its state */
	struct uk_process_usage children_usage; /* of those that were waited for */
	struct uk_pidfd *pidfd;			/* its descriptors (uk/pidfd.h); NULL: none */
	struct uk_process_vfork *vfork; /* not NULL: the parent waits until the memory is free */
	pid_t group, session;		/* credentials(7) */
	int exit_signal;   /* sent to the parent at the end; 0: none, not SIGCHLD: wait(2), __WCLONE
			    */
	int death_signal;  /* PR_SET_PDEATHSIG; 0: none */
	bool has_executed; /* since its creation: setpgid(2) */
	bool is_subreaper; /* PR_SET_CHILD_SUBREAPER */
	bool is_adopted;   /* its first parent has ended */

	bool is_ending; /* signal: all threads end, because of uk_signal_end_process() */
	bool is_zombie;
	int status, signal;	     /* signal: why it ends, as in uk_signal_end_process() */
	struct uk_thread *executing; /* execve(2): all other threads end; or NULL */
	int stop_signal;	     /* signal: threads stop because of this one; 0: they run */
	enum uk_process_event event; /* signal: that the parent has not waited for yet */
	int event_signal;	     /* signal: its stop signal, or SIGCONT */

	struct uk_mm *mm;			  /* mm */
	struct uk_fd_table *files;		  /* vfs */
	struct uk_paths *paths;			  /* vfs: root, working directory, umask */
	struct uk_signal_actions *signal_actions; /* signal */
	struct uk_signal_pending signal_pending;  /* signal: for any thread of the process */
	struct uk_wait_queue signal_queue;	  /* signal: woken by each signal (signalfd(2)) */
	unsigned int signals_queued; /* signal: number of entries allocated by the kernel, at most
				      * UK_SIGNAL_QUEUE_MAX */

	struct uk_tty *terminal; /* tty: the controlling terminal, or NULL */
	pid_t lost_foreground;	 /* tty: of a leader whose terminal was hung up; 0: none */

	struct uk_process_program program;
	struct rlimit limits[RLIM_NLIMITS];
	struct uk_process_timers timers;
	bool no_new_privs;
	bool is_secure;		    /* AT_SECURE of its program */
	int dumpable;		    /* PR_GET_DUMPABLE */
	bool membarrier_registered; /* MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED */
	int oom_score_adj;	    /* proc_pid_oom_score_adj(5); only stored and shown */
};

static inline struct uk_process *uk_process_current(void)
{
	return uk_cpu_current()->process;
}

/* The first process, with which the machine ends. */
static inline bool uk_process_is_first(const struct uk_process *process)
{
	return !process->parent;
}

/* Whether a thread must end on its way back to the program. */
static inline bool uk_thread_must_end(const struct uk_thread *thread)
{
	const struct uk_process *process = thread->process;

	return process->is_ending || (process->executing && process->executing != thread);
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

/*
 * Creates a child of the current process, or with CLONE_PARENT of its parent, with one thread that
 * starts with regs. flags: CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND (shared with the current
 * process, otherwise copied), CLONE_CLEAR_SIGHAND, CLONE_PARENT. Everything else is inherited or
 * reset as described in fork(2). 0, or -ENOMEM, -EAGAIN (too many processes). It runs after
 * uk_process_start(); uk_process_discard() removes a process that was not started.
 */
int uk_process_create(u64 flags, int exit_signal, const struct __regs *regs,
		      struct uk_process **created);
void uk_process_start(struct uk_process *process);
void uk_process_discard(struct uk_process *process);

/* Called by the last thread of the current process, which is not the first one: gives up what the
 * process holds, and tells its parent. */
void uk_process_end(void);
/* execve(2): the current process has its memory for itself from now on: a parent in vfork(2)
 * continues. */
void uk_process_release_parent(struct uk_process *process);
/* execve(2): ends all other threads of the current process; the running one becomes the leader. 0;
 * -EINTR: the thread must end itself, -EAGAIN: another thread is first. */
int uk_process_end_other_threads(void);
/* Makes the current process use another address space, which is current afterwards. */
void uk_process_set_mm(struct uk_mm *mm);

/* Returns the process with this number, or NULL; zombies too. */
struct uk_process *uk_process_find(pid_t pid);
/* Returns the process with the lowest number that is not below lowest, or NULL: for walks during
 * which processes begin and end. */
struct uk_process *uk_process_next(pid_t lowest);
/* Processes in the order of their creation: the first one with NULL, then the next one. Valid as
 * long as no process begins or is waited for. */
struct uk_process *uk_process_after(const struct uk_process *process);
/* The number of processes that were created. */
u64 uk_process_created(void);

/* Which children to wait for: waitid(2). */
struct uk_process_wait {
	pid_t pid;   /* > 0: this child; 0: any; < 0: those of the group -pid */
	bool others; /* __WCLONE: instead of those whose exit_signal is SIGCHLD, the others */
	bool all;    /* __WALL: both */
	bool ended, stopped, continued; /* WEXITED, WSTOPPED, WCONTINUED */
	bool peek;			/* WNOWAIT: leave it waitable */
	bool at_once;			/* WNOHANG */
};
/* The result of a wait; pid 0: with at_once, none has changed its state. */
struct uk_process_waited {
	pid_t pid;
	uid_t uid;
	int code;   /* CLD_* */
	int status; /* as si_status: of exit(2), or a signal */
	struct uk_process_usage usage;
};
/* Waits for a child of the current process. 0; -ECHILD (there are none of that kind), -UK_ERESTART
 * (a signal is pending). */
int uk_process_wait(const struct uk_process_wait *wait, struct uk_process_waited *waited);

/* Called when a process ends; lib/tty sets it. */
extern void (*uk_process_leaves_terminal)(struct uk_process *process);

/* Groups and sessions: setpgid(2), setsid(2), with their errors. */
int uk_process_set_group(pid_t pid, pid_t group);
int uk_process_set_session(void);
/* Whether the group has a process, in the session. session 0: in any. */
bool uk_process_group_exists(pid_t group, pid_t session);
/* Sends the kernel's own signal to all processes of a group. */
void uk_process_signal_group(pid_t group, int signal);
/* Sets the executed file, which gets a reference; the last component of the path by which it was
 * executed becomes the name. */
void uk_process_set_executable(struct uk_process *process, struct uk_file *file, const char *path);

/* Writes a line of /proc/self/maps (proc_pid_maps(5)), including its newline, not terminated.
 * Returns its length. The buffer has UK_PROCESS_MAPPING_MAX bytes: enough for a path of PATH_MAX
 * with every byte escaped. */
#define UK_PROCESS_MAPPING_MAX (4 * (4096 + 16) + 128)
size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer);

#endif
