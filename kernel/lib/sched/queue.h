/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads one behind the other. A thread is in one queue at most. */
#ifndef SCHED_QUEUE_H
#define SCHED_QUEUE_H

#include <uk/thread.h>

struct queue {
	struct uk_thread *first, *last;
};

void queue_append(struct queue *queue, struct uk_thread *thread);
void queue_prepend(struct queue *queue, struct uk_thread *thread);
/* The first one, or NULL. */
struct uk_thread *queue_take(struct queue *queue);
/* It must be in it. */
void queue_remove(struct queue *queue, struct uk_thread *thread);

#endif
