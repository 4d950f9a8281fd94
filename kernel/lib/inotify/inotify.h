/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef INOTIFY_INOTIFY_H
#define INOTIFY_INOTIFY_H

#include <uk/inotify.h>

/* An event that waits to be read. */
struct event {
	struct event *next;
	struct inotify_event head; /* as the program gets it; the name follows */
};

/* Events, oldest first. */
struct queue {
	struct event *first, *last;
	unsigned int count;
	u32 added;	 /* that there ever were */
	size_t size;	 /* bytes of all, as they are read */
	bool overflowed; /* the last one tells it */
	struct event overflow;
};

/* Puts an event behind the others, unless it says what the last one says. name: NULL or not
 * terminated. When there are too many, or no memory is left, the queue tells that it overflowed. */
void queue_add(struct queue *queue, int descriptor, u32 mask, u32 cookie, const char *name,
	       size_t length);
static inline size_t event_size(const struct event *event)
{
	return sizeof(event->head) + event->head.len;
}
/* Takes the first event away; ended by queue_free_event(). */
struct event *queue_take(struct queue *queue);
void queue_free_event(struct queue *queue, struct event *event);

struct watch {
	struct instance *instance;
	struct uk_vnode *vnode; /* with a reference */
	int descriptor;
	u32 mask;
	struct watch *next;	  /* of the instance */
	struct watch *next_alike; /* of those in the same bucket by vnode */
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
