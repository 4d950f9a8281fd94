/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef INOTIFY_INOTIFY_H
#define INOTIFY_INOTIFY_H

#include <uk/inotify.h>
#include <uk/wait.h>

/* An event that has not been read yet. */
struct event {
	struct event *next;
	struct inotify_event head; /* as the program reads it; the name follows */
};

/* Events, oldest first. */
struct queue {
	struct event *first, *last;
	unsigned int count;
	struct uk_wait_queue waiters;
	size_t size;	 /* bytes of all events, as they are read */
	bool overflowed; /* the last event reports an overflow */
	struct event overflow;
};

/* Appends an event, unless it equals the last one. name: NULL or not terminated. If there are too
 * many events, or no memory is left, the queue reports an overflow. */
void queue_add(struct queue *queue, int descriptor, u32 mask, u32 cookie, const char *name,
	       size_t length);
static inline size_t event_size(const struct event *event)
{
	return sizeof(event->head) + event->head.len;
}
/* Removes the first event and returns it; free it with queue_free_event(). */
struct event *queue_take(struct queue *queue);
void queue_free_event(struct queue *queue, struct event *event);

struct watch {
	struct instance *instance;
	struct uk_vnode *vnode; /* with a reference */
	int descriptor;
	u32 mask;
	struct watch *next;	  /* of the instance */
	struct watch *next_alike; /* in the same bucket by vnode */
};

struct instance {
	struct queue queue;
	struct watch *watches;
	int last_descriptor;
};

extern const struct uk_file_operations instance_operations;

/* Ends all watches of an instance, without events. */
void watch_end_all(struct instance *instance);

#endif
