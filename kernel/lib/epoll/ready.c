/* SPDX-License-Identifier: BSD-3-Clause */
/* Which files of a set have events. */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/poll.h>
#include <uk/uaccess.h>

#include "epoll.h"

/* The number of a file's edges; a new number on every call if the file does not count them. */
static u32 edges_of(const struct uk_interest *interest)
{
	static u32 always;
	struct uk_file *file = interest->file;

	return file->operations->edges ? file->operations->edges(file, (int)interest->events)
				       : ++always;
}

/* Returns the events to report. Unless peek is set, this consumes edges, even if no event holds. */
static u32 ready_events(struct uk_interest *interest, bool peek)
{
	u32 wanted = interest->events & ~HOW_BITS, edges;

	if (!wanted)
		return 0;
	if (interest->events & EPOLLET) {
		edges = edges_of(interest);
		if (!interest->fresh && edges == interest->seen)
			return 0;
		if (!peek) {
			interest->fresh = false;
			interest->seen = edges;
		}
	}
	return (u32)uk_file_poll(interest->file, (int)wanted) & wanted;
}

int set_poll(struct uk_file *file, int wanted)
{
	const struct epoll_set *set = file->data;

	if (!(wanted & (POLLIN | POLLRDNORM)))
		return 0;
	for (struct uk_interest *entry = set->first; entry; entry = entry->next) {
		if (ready_events(entry, true))
			return wanted & (POLLIN | POLLRDNORM);
	}
	return 0;
}

u32 set_edges(struct uk_file *file, int wanted)
{
	const struct epoll_set *set = file->data;
	u32 sum = set->changes;

	for (const struct uk_interest *entry = set->first; entry; entry = entry->next)
		sum += edges_of(entry);
	return sum;
}

/* Stores the current events. Returns their number, or -EFAULT. */
static int collect(struct uk_file *file, struct epoll_event __user *events, int maximum)
{
	struct epoll_set *set = file->data;
	struct uk_interest *interest = set->first, *last = set->last;
	int count = 0;

	uk_timer_check();
	/* Each interest moves to the end, so that those that did not fit come first the next
	 * time. */
	while (interest && count < maximum) {
		struct uk_interest *next = interest == last ? NULL : interest->next;
		struct epoll_event event = {ready_events(interest, false), interest->data};

		if (event.events) {
			if (copy_to_user(events + count, &event, sizeof(event))) {
				interest->fresh = true;
				return count ? count : -EFAULT;
			}
			count++;
			if (interest->events & EPOLLONESHOT)
				interest->events &= HOW_BITS;
		}
		set_take_out(interest);
		set_append(set, interest);
		interest = next;
	}
	return count;
}

int uk_epoll_wait(struct uk_file *set, struct epoll_event __user *events, int maximum, s64 timeout)
{
	s64 deadline = timeout ? uk_poll_deadline(timeout) : 0;

	for (;;) {
		int count = collect(set, events, maximum);

		/* Without a wait, pending signals are ignored (Linux, ep_poll()). */
		if (count || !timeout)
			return count;
		count = uk_poll_wait(deadline);
		if (count)
			return count == -ETIMEDOUT ? 0 : count;
	}
}
