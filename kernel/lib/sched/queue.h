/* SPDX-License-Identifier: BSD-3-Clause */
/* Queues of threads (uk/cpu.h). */
#ifndef SCHED_QUEUE_H
#define SCHED_QUEUE_H

#include <uk/thread.h>

void queue_append(struct uk_thread_queue *queue, struct uk_thread *thread);
void queue_prepend(struct uk_thread_queue *queue, struct uk_thread *thread);
/* Removes and returns the first thread, or NULL. */
struct uk_thread *queue_take(struct uk_thread_queue *queue);

#endif
