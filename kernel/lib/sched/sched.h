/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include <uk/thread.h>

/* sched.c: a new thread is ready. */
void sched_add(struct uk_thread *thread);

/* thread.c: frees one that has ended and runs no more. */
void thread_free(struct uk_thread *thread);

#endif
