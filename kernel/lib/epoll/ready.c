/* SPDX-License-Identifier: BSD-3-Clause */
/* Which files of a set have events: Linux, fs/eventpoll.c. */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/poll.h>
#include <uk/uaccess.h>

#include "epoll.h"

#define READABLE (POLLIN | POLLRDNORM)

static void append(struct uk_interest *interest)
{
	struct epoll_set *set = interest->set;

	interest->is_ready = true;
	interest->next_ready = NULL;
	interest->previous_ready = set->last_ready;
	if (set->last_ready)
		set->last_ready->next_ready = interest;
	else
		set->first_ready = interest;
	set->last_ready = interest;
}

static void prepend(struct uk_interest *interest)
{
	struct epoll_set *set = interest->set;

	interest->is_ready = true;
	interest->previous_ready = NULL;
	interest->next_ready = set->first_ready;
	if (set->first_ready)
		set->first_ready->previous_ready = interest;
	else
		set->last_ready = interest;
	set->first_ready = interest;
}

void ready_remove(struct uk_interest *interest)
{
	struct epoll_set *set = interest->set;

	if (!interest->is_ready)
		return;
	if (interest->previous_ready)
		interest->previous_ready->next_ready = interest->next_ready;
	else
		set->first_ready = interest->next_ready;
	if (interest->next_ready)
		interest->next_ready->previous_ready = interest->previous_ready;
	else
		set->last_ready = interest->previous_ready;
	interest->is_ready = false;
}

/* Returns the events to report. */
static u32 ready_events(const struct uk_interest *interest)
{
	u32 wanted = interest->events & ~HOW_BITS;

	return wanted ? (u32)uk_file_poll(interest->file, (int)wanted) & wanted : 0;
}

/* One wait per event; those that wait for the set as a file all look. They see POLLIN only (Linux,
 * ep_poll_safewake()). */
static void tell_waiters(struct epoll_set *set)
{
	uk_wait_wake(&set->waits, POLLIN);
	uk_wait_wake_all(&set->queue, POLLIN);
}

/* Whether an exclusive interest deals with what happened: not with room if it wants input (Linux,
 * ep_poll_callback()). */
static bool takes(const struct uk_interest *interest, u32 happened)
{
	switch (happened & (POLLIN | POLLOUT)) {
	case POLLIN:
		return interest->events & POLLIN;
	case POLLOUT:
		return interest->events & POLLOUT;
	case 0:
		return true;
	default:
		return false;
	}
}

bool ready_wake(struct uk_wait_entry *entry, u32 happened)
{
	struct uk_interest *interest = container_of(entry, struct uk_interest, entry);
	struct epoll_set *set = interest->set;
	bool taken = true;

	if (!interest->is_ready)
		append(interest);
	if (interest->events & EPOLLEXCLUSIVE)
		taken = set->waits.first && takes(interest, happened);
	tell_waiters(set);
	return taken;
}

void ready_examine(struct uk_interest *interest)
{
	if (interest->is_ready || !ready_events(interest))
		return;
	append(interest);
	tell_waiters(interest->set);
}

int set_poll(struct uk_file *file, int wanted)
{
	struct epoll_set *set = file->data;

	/* What no longer holds leaves the list. */
	while (set->first_ready) {
		if (ready_events(set->first_ready))
			return wanted & READABLE;
		ready_remove(set->first_ready);
	}
	return 0;
}

struct uk_wait_queue *set_queue(struct uk_file *file, u32 *events)
{
	struct epoll_set *set = file->data;

	return &set->queue;
}

/* Stores the event of an interest that may be ready: 1, 0 (it has no event), or -EFAULT. */
static int report(struct uk_interest *interest, struct epoll_event __user *to)
{
	struct epoll_event event = {ready_events(interest), interest->data};

	ready_remove(interest);
	if (!event.events)
		return 0;
	if (copy_to_user(to, &event, sizeof(event))) {
		if (!interest->is_ready)
			prepend(interest);
		return -EFAULT;
	}
	if (interest->events & EPOLLONESHOT)
		interest_set_events(interest, interest->events & HOW_BITS);
	/* A level: the next wait examines it again, after the others. */
	else if (!(interest->events & EPOLLET) && !interest->is_ready)
		append(interest);
	return 1;
}

/* Stores the current events. Returns their number, or -EFAULT. Interests that were not examined
 * come first the next time. While this runs, others may join the list: a page of the program's
 * memory may have to be read first. */
static int collect(struct epoll_set *set, struct epoll_event __user *events, int maximum)
{
	struct uk_interest *interest, *last = set->last_ready;
	int count = 0, result = 0;

	do {
		interest = set->first_ready;
		if (interest)
			result = report(interest, events + count);
		count += result > 0;
	} while (interest != last && result >= 0 && count < maximum);
	/* What is left is for others. */
	if (set->first_ready)
		uk_wait_wake(&set->waits, POLLIN);
	return count ? count : result;
}

static int wait_and_collect(struct epoll_set *set, struct epoll_event __user *events, int maximum,
			    u64 deadline)
{
	struct uk_wait_one one;
	int result = 0;

	while (!result) {
		uk_wait_begin_one(&one, &set->waits, POLLIN, false);
		/* As on Linux, the thread that came last is woken first. */
		one.entry.exclusive = true;
		if (!set->first_ready)
			result = uk_wait_for_wake(&one.wait, deadline);
		/* Before the list is examined: what is left in it wakes somebody else. */
		uk_wait_end_one(&one);
		if (!result)
			result = collect(set, events, maximum);
	}
	return result == -ETIMEDOUT ? 0 : result;
}

int uk_epoll_wait(struct uk_file *file, struct epoll_event __user *events, int maximum, s64 timeout)
{
	struct epoll_set *set = file->data;
	int count;

	uk_timer_check();
	count = collect(set, events, maximum);
	/* Without a wait, pending signals are ignored (Linux, ep_poll()). */
	if (count || !timeout)
		return count;
	/* No timer has run since the list was examined. */
	return wait_and_collect(set, events, maximum, uk_poll_deadline(timeout));
}
