/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The guest's thread. There is one now; what is per thread hangs here so that more threads change
 * no handler. The fields belong to the library named beside them.
 */
#ifndef UK_THREAD_H
#define UK_THREAD_H

#include <uk/signal.h>
#include <uk/types.h>

struct uk_thread {
	pid_t tid;
	int __user *clear_child_tid;	/* posix-process: set_tid_address(2) */
	void __user *robust_list;	/* posix-futex: set_robust_list(2) */
	struct uk_signal_thread signal; /* signal */
	int error;			/* syscall_shim: errno of the libc-style wrappers */
};

extern struct uk_thread uk_thread_main;

static inline struct uk_thread *uk_thread_current(void)
{
	return &uk_thread_main;
}

#endif
