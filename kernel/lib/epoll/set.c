/* SPDX-License-Identifier: BSD-3-Clause */
/* Epoll sets and their members. */
#include <uk/alloc.h>
#include <uk/init.h>
#include <uk/string.h>

#include "epoll.h"

#define NESTING_MAX 4 /* levels of sets in sets (Linux, EP_MAX_NESTS) */

static void append(struct epoll_set *set, struct uk_interest *interest)
{
	interest->next = NULL;
	interest->previous = set->last;
	if (set->last)
		set->last->next = interest;
	else
		set->first = interest;
	set->last = interest;
}

static void take_out(struct uk_interest *interest)
{
	struct epoll_set *set = interest->set;

	if (interest->previous)
		interest->previous->next = interest->next;
	else
		set->first = interest->next;
	if (interest->next)
		interest->next->previous = interest->previous;
	else
		set->last = interest->previous;
}

static void remove(struct uk_interest *interest)
{
	struct uk_interest **link = &interest->file->interests;

	while (*link != interest)
		link = &(*link)->next_of_file;
	*link = interest->next_of_file;
	uk_wait_remove(&interest->entry);
	ready_remove(interest);
	take_out(interest);
	uk_free(interest);
}

static void end_interests(struct uk_file *file)
{
	while (file->interests)
		remove(file->interests);
}

static int end_with_files(void)
{
	uk_file_end_interests = end_interests;
	return 0;
}
UK_INIT(UK_INIT_CLASS_LIB, end_with_files);

static int set_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:[eventpoll]");
}

static void set_release(struct uk_file *file)
{
	struct epoll_set *set = file->data;

	while (set->first)
		remove(set->first);
	uk_free(set);
}

const struct uk_file_operations set_operations = {
	.seek = uk_file_seek_nowhere,
	.poll = set_poll,
	.queue = set_queue,
	.name = set_name,
	.release = set_release,
};

int uk_epoll_create(u32 flags)
{
	struct epoll_set *set = uk_zalloc(sizeof(*set));
	int fd;

	if (!set)
		return -ENOMEM;
	fd = uk_fd_open_anonymous(&set_operations, set, O_RDWR | flags);
	if (fd < 0)
		uk_free(set);
	return fd;
}

bool uk_epoll_is_set(const struct uk_file *file)
{
	return set_of(file) != NULL;
}

static struct uk_interest *find(const struct epoll_set *set, const struct uk_file *file, int fd)
{
	struct uk_interest *interest = file->interests;

	while (interest && (interest->set != set || interest->fd != fd))
		interest = interest->next_of_file;
	return interest;
}

/* Returns how many levels of sets there are from the file downwards; more than NESTING_MAX if `set`
 * is one of them. */
static int depth_below(const struct uk_file *file, const struct uk_file *set)
{
	const struct epoll_set *inner = set_of(file);
	int deepest = 0;

	if (!inner)
		return 0;
	if (file == set)
		return NESTING_MAX + 1;
	for (const struct uk_interest *entry = inner->first; entry; entry = entry->next)
		deepest = MAX(deepest, depth_below(entry->file, set));
	return deepest + 1;
}

static int depth_above(const struct uk_file *set)
{
	int highest = 0;

	for (const struct uk_interest *entry = set->interests; entry; entry = entry->next_of_file)
		highest = MAX(highest, 1 + depth_above(entry->set->file));
	return highest;
}

void interest_set_events(struct uk_interest *interest, u32 events)
{
	u32 wanted = events & ~HOW_BITS;

	interest->events = events;
	interest->file->operations->queue(interest->file, &wanted);
	interest->entry.events = wanted;
}

static void set_events(struct uk_interest *interest, const struct epoll_event *event)
{
	interest->data = event->data;
	interest_set_events(interest, event->events | POLLERR | POLLHUP);
	ready_examine(interest);
}

int uk_epoll_add(struct uk_file *set_file, struct uk_file *file, int fd,
		 const struct epoll_event *event)
{
	u32 wanted = event->events;
	struct uk_wait_queue *queue = file->operations->queue(file, &wanted);
	struct epoll_set *set = set_file->data;
	struct uk_interest *interest;

	if (set_of(file) && depth_below(file, set_file) + depth_above(set_file) > NESTING_MAX)
		return -ELOOP;
	if (find(set, file, fd))
		return -EEXIST;
	interest = uk_malloc(sizeof(*interest));
	if (!interest)
		return -ENOMEM;
	*interest = (struct uk_interest){
		.entry = {.wake = ready_wake},
		.set = set,
		.file = file,
		.fd = fd,
		.next_of_file = file->interests,
	};
	set->file = set_file;
	file->interests = interest;
	append(set, interest);
	if (event->events & EPOLLEXCLUSIVE)
		uk_wait_add_exclusive(queue, &interest->entry);
	else
		uk_wait_add(queue, &interest->entry);
	set_events(interest, event);
	return 0;
}

int uk_epoll_modify(struct uk_file *set, struct uk_file *file, int fd,
		    const struct epoll_event *event)
{
	struct uk_interest *interest = find(set->data, file, fd);

	if (!interest)
		return -ENOENT;
	if (interest->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	set_events(interest, event);
	return 0;
}

int uk_epoll_remove(struct uk_file *set, struct uk_file *file, int fd)
{
	struct uk_interest *interest = find(set->data, file, fd);

	if (!interest)
		return -ENOENT;
	remove(interest);
	return 0;
}

const struct uk_file *uk_epoll_target(const struct uk_file *set, int fd, u32 toff)
{
	const struct uk_interest *interest = set_of(set)->first;

	while (interest && (interest->fd != fd || toff--))
		interest = interest->next;
	return interest ? interest->file : NULL;
}
