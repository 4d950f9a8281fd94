/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/wait.h>

void uk_wait_add(struct uk_wait_queue *queue, struct uk_wait_entry *entry)
{
	entry->queue = queue;
	entry->previous = NULL;
	entry->next = queue->first;
	if (queue->first)
		queue->first->previous = entry;
	else
		queue->last = entry;
	queue->first = entry;
	entry->exclusive = false;
}

void uk_wait_add_exclusive(struct uk_wait_queue *queue, struct uk_wait_entry *entry)
{
	entry->queue = queue;
	entry->next = NULL;
	entry->previous = queue->last;
	if (queue->last)
		queue->last->next = entry;
	else
		queue->first = entry;
	queue->last = entry;
	entry->exclusive = true;
}

void uk_wait_clear(struct uk_wait_queue *queue)
{
	while (queue->first)
		uk_wait_remove(queue->first);
}

void uk_wait_wake_entries(struct uk_wait_queue *queue, u32 events, bool all)
{
	for (struct uk_wait_entry *entry = queue->first; entry; entry = entry->next) {
		if (entry->events & events && entry->wake(entry, events) && entry->exclusive &&
		    !all)
			return;
	}
}
