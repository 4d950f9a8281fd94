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

#define UK_PROCESS_ID	    1  /* the number of the process and of its first thread */
#define UK_THREAD_NAME_SIZE 16 /* bytes, including the terminator: prctl(2), PR_SET_NAME */

struct uk_thread {
	pid_t tid;
	int error;			/* syscall_shim: errno of the libc-style wrappers */
	int __user *clear_child_tid;	/* posix-process: set_tid_address(2) */
	void __user *robust_list;	/* futex: set_robust_list(2) */
	struct uk_signal_thread signal; /* signal */
	struct uk_sched_thread sched;	/* sched */
	int policy, priority, nice;	/* posix-process: sched(7) */
	struct uk_thread *next;		/* in the list of all threads */
	char name[UK_THREAD_NAME_SIZE]; /* prctl(2), PR_SET_NAME */
};

/* The program's initial thread, first in the list even after it has ended. */
extern struct uk_thread uk_thread_main;
extern struct uk_thread *uk_thread_running;

static inline struct uk_thread *uk_thread_current(void)
{
	return uk_thread_running;
}

/* Returns the thread with this number, or NULL. */
struct uk_thread *uk_thread_find(pid_t tid);

/* Creates a thread that starts with regs and otherwise the caller's state; all fields except tid
 * and sched are 0. NULL without memory. It runs after uk_thread_start(). */
struct uk_thread *uk_thread_create(const struct __regs *regs);
void uk_thread_start(struct uk_thread *thread);
/* Ends the running thread, which is not the last one, on the way back to the program. */
void uk_thread_end(void);

#endif
