/* SPDX-License-Identifier: BSD-3-Clause */
#include "queue.h"

void queue_append(struct uk_thread_queue *queue, struct uk_thread *thread)
{
	thread->sched.next = NULL;
	if (queue->first)
		queue->last->sched.next = thread;
	else
		queue->first = thread;
	queue->last = thread;
}

void queue_prepend(struct uk_thread_queue *queue, struct uk_thread *thread)
{
	thread->sched.next = queue->first;
	if (!queue->first)
		queue->last = thread;
	queue->first = thread;
}

struct uk_thread *queue_take(struct uk_thread_queue *queue)
{
	struct uk_thread *thread = queue->first;

	if (thread)
		queue->first = thread->sched.next;
	return thread;
}
