/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's threads. All data that exist per thread are here; each field belongs to the library
 * named next to it.
 */
#ifndef UK_THREAD_H
#define UK_THREAD_H

#include <uk/sched.h>
#include <uk/signal.h>
#include <uk/types.h>

#define UK_THREAD_NAME_SIZE 16 /* bytes, including the terminator: prctl(2), PR_SET_NAME */

struct uk_credentials;
struct uk_futex_lock;
struct uk_process;

struct uk_thread {
	pid_t tid;
	struct uk_process *process;
	struct uk_credentials *credentials; /* with a reference (uk/credentials.h) */
	int error;			    /* syscall_shim: errno of the libc-style wrappers */
	int __user *clear_child_tid;	    /* posix-process: set_tid_address(2) */
	void __user *robust_list;	    /* futex: set_robust_list(2) */
	/* futex: the locks of this thread that others wait for, and the one that it waits for */
	struct uk_futex_lock *futex_locks, *futex_awaited;
	struct uk_signal_thread signal; /* signal */
	struct uk_sched_thread sched;	/* sched */
	int policy, priority, nice;	/* posix-process: sched(7) */
	struct uk_thread *next;		/* in the process's list */
	char name[UK_THREAD_NAME_SIZE]; /* prctl(2), PR_SET_NAME */
};

static inline struct uk_thread *uk_thread_current(void)
{
	return uk_cpu_current()->thread;
}

/* Returns the thread with this number, or NULL. */
struct uk_thread *uk_thread_find(pid_t tid);
/* Returns the process's thread with the lowest number that is not below lowest, or NULL. */
struct uk_thread *uk_thread_next(const struct uk_process *process, pid_t lowest);
/* Sets the thread's name, truncated to what fits. */
void uk_thread_set_name(struct uk_thread *thread, const char *name);

/* Creates a thread of the process that starts with regs and otherwise the caller's state; all
 * fields except tid, process, credentials and sched are 0. NULL without memory. It runs after
 * uk_thread_start(). */
struct uk_thread *uk_thread_create(struct uk_process *process, const struct __regs *regs);
void uk_thread_start(struct uk_thread *thread);
/* Ends the running thread, which is not the last one, on the way back to the program. */
void uk_thread_end(void);
/* Removes the running thread from its process's list. */
void uk_thread_remove(void);
/* Returns the address of the running thread's errno, for the libc-style wrappers. */
int *uk_errno_location(void);

#endif
