/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files whose events the test sets, at descriptors of the real table. */
#ifndef TESTS_EVENT_FILE_H
#define TESTS_EVENT_FILE_H

#include "check.h"

#include <uk/fd_table.h>

struct event_file {
	int fd;
	struct uk_file *file; /* without a reference */
	int events;	      /* the events that hold now */
	struct uk_wait_queue queue;
	unsigned int looks; /* how often it was checked */
	bool released;
};

static int event_file_poll(struct uk_file *file, int wanted)
{
	struct event_file *events = file->data;

	events->looks++;
	return events->events & (wanted | POLLERR | POLLHUP);
}

static struct uk_wait_queue *event_file_queue(struct uk_file *file, u32 *events)
{
	return &((struct event_file *)file->data)->queue;
}

static void event_file_release(struct uk_file *file)
{
	((struct event_file *)file->data)->released = true;
}

static const struct uk_file_operations event_file_operations = {
	.poll = event_file_poll,
	.queue = event_file_queue,
	.release = event_file_release,
};

static inline void event_file_open(struct event_file *events)
{
	*events = (struct event_file){0};
	events->fd = uk_fd_open_anonymous(&event_file_operations, events, O_RDWR);
	CHECK(events->fd >= 0);
	events->file = uk_fd_get(events->fd);
	uk_file_put(events->file);
}

/* An event occurs: the events hold from now on. */
static inline void event_file_set(struct event_file *events, int value)
{
	events->events = value;
	uk_wait_wake(&events->queue, (u32)value);
}

#endif
