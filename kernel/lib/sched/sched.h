/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include <uk/thread.h>

/* sched.c: a new thread is ready; the running thread has ended. */
void sched_add(struct uk_thread *thread);
void sched_leave(void) __attribute__((noreturn));

/* thread.c: ends the running thread; frees a thread that has ended and no longer runs. */
void thread_exit(void) __attribute__((noreturn));
void thread_free(struct uk_thread *thread);

#endif
