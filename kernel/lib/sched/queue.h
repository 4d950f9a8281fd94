/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues of threads. A thread is in at most one queue. */
#ifndef SCHED_QUEUE_H
#define SCHED_QUEUE_H

#include <uk/thread.h>

struct queue {
	struct uk_thread *first, *last;
};

void queue_append(struct queue *queue, struct uk_thread *thread);
void queue_prepend(struct queue *queue, struct uk_thread *thread);
/* Removes and returns the first thread, or NULL. */
struct uk_thread *queue_take(struct queue *queue);
/* The thread must be in the queue. */
void queue_remove(struct queue *queue, struct uk_thread *thread);

#endif
