/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of events that have not been read. */
#include <uk/alloc.h>
#include <uk/string.h>

#include "inotify.h"

#define NO_DESCRIPTOR (-1) /* descriptor of the overflow event: inotify(7) */

/* The size of a name in an event: terminated, padded to whole headers (Linux,
 * round_event_name_len). */
static u32 padded(size_t length)
{
	return length ? (u32)ALIGN_UP(length + 1, sizeof(struct inotify_event)) : 0;
}

static bool is_same(const struct event *event, int descriptor, u32 mask, const char *name,
		    size_t length)
{
	return event && !(event->head.mask & IN_IGNORED) && event->head.mask == mask &&
	       event->head.wd == descriptor && event->head.len == padded(length) &&
	       (!length ||
		(memcmp(event->head.name, name, length) == 0 && !event->head.name[length]));
}

static void append(struct queue *queue, struct event *event)
{
	event->next = NULL;
	if (queue->last)
		queue->last->next = event;
	else
		queue->first = event;
	queue->last = event;
	queue->count++;
	queue->size += event_size(event);
	uk_wait_wake(&queue->waiters, POLLIN | POLLRDNORM);
}

static void overflow(struct queue *queue)
{
	if (queue->overflowed)
		return;
	queue->overflowed = true;
	queue->overflow.head = (struct inotify_event){.wd = NO_DESCRIPTOR, .mask = IN_Q_OVERFLOW};
	append(queue, &queue->overflow);
}

void queue_add(struct queue *queue, int descriptor, u32 mask, u32 cookie, const char *name,
	       size_t length)
{
	struct event *event;

	if (queue->count < UK_INOTIFY_EVENTS_MAX &&
	    is_same(queue->last, descriptor, mask, name, length))
		return;
	event = queue->count < UK_INOTIFY_EVENTS_MAX ? uk_zalloc(sizeof(*event) + padded(length))
						     : NULL;
	if (!event) {
		overflow(queue);
		return;
	}
	event->head = (struct inotify_event){
		.wd = descriptor, .mask = mask, .cookie = cookie, .len = padded(length)};
	if (length)
		memcpy(event->head.name, name, length);
	append(queue, event);
}

struct event *queue_take(struct queue *queue)
{
	struct event *event = queue->first;

	queue->first = event->next;
	if (!queue->first)
		queue->last = NULL;
	queue->count--;
	queue->size -= event_size(event);
	return event;
}

void queue_free_event(struct queue *queue, struct event *event)
{
	if (event == &queue->overflow)
		queue->overflowed = false;
	else
		uk_free(event);
}
