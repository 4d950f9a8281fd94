/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: epoll/set.c epoll/ready.c poll/poll.c signal/wait.c sched/wait.c sched/wait_queue.c
 * vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c vfs/mount.c vfs/mount_calls.c
 * vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c vfs/rename.c vfs/attributes.c
 * vfs/lock.c vfs/device.c vfs/fd_table.c ramfs/page_tree.c ramfs/contents.c ramfs/file.c
 * ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c pagealloc/pagealloc.c */
/* epoll(7): level-triggered, edge-triggered and one-shot events, sets in sets, files that are
 * closed while a set contains them. */
#include <string.h>
#include <uk/epoll.h>
#include <uk/poll.h>

#include "event_file.h"
#include "files.h"
#include "init.h"
#include "signals.h"

#define FILES 5
#define MS    1000000L

static struct event_file files[FILES];
static struct epoll_event found[2 * FILES];
static bool memory_is_bad; /* the program's memory */

int copy_to_user(void *destination, const void *source, size_t size)
{
	if (memory_is_bad)
		return -EFAULT;
	memcpy(destination, source, size);
	return 0;
}

static int new_set(struct uk_file **file)
{
	int fd = uk_epoll_create(O_CLOEXEC);

	CHECK(fd >= 0);
	*file = uk_fd_get(fd);
	uk_file_put(*file);
	CHECK(uk_epoll_is_set(*file) && !uk_epoll_is_set(files[0].file));
	return fd;
}

static int add(struct uk_file *set, struct event_file *file, u32 events)
{
	const struct epoll_event event = {events, (u64)(file - files)};

	return uk_epoll_add(set, file->file, file->fd, &event);
}

static int modify(struct uk_file *set, struct event_file *file, u32 events)
{
	const struct epoll_event event = {events, 100};

	return uk_epoll_modify(set, file->file, file->fd, &event);
}

static int remove_from(struct uk_file *set, struct event_file *file)
{
	return uk_epoll_remove(set, file->file, file->fd);
}

static int look(struct uk_file *set)
{
	return uk_epoll_wait(set, found, FILES, 0);
}

static void test_control(struct uk_file *set)
{
	CHECK(add(set, &files[0], POLLIN) == 0 && add(set, &files[0], POLLOUT) == -EEXIST);
	CHECK(modify(set, &files[1], POLLIN) == -ENOENT && remove_from(set, &files[1]) == -ENOENT);
	/* The same file with another descriptor is another member. */
	CHECK(uk_epoll_add(set, files[0].file, 77, &(struct epoll_event){POLLIN, 77}) == 0);
	event_file_set(&files[0], POLLIN);
	CHECK(look(set) == 2 && found[0].data == 77 && found[1].data == 0);
	CHECK(uk_epoll_remove(set, files[0].file, 77) == 0 && look(set) == 1);
	CHECK(modify(set, &files[0], POLLOUT) == 0 && look(set) == 0);
	event_file_set(&files[0], POLLOUT | POLLERR);
	CHECK(look(set) == 1 && found[0].events == (POLLOUT | POLLERR) && found[0].data == 100);
	CHECK(remove_from(set, &files[0]) == 0 && remove_from(set, &files[0]) == -ENOENT);
	CHECK(add(set, &files[0], POLLIN | EPOLLEXCLUSIVE) == 0);
	CHECK(modify(set, &files[0], POLLIN) == -EINVAL && remove_from(set, &files[0]) == 0);
	allocations_left = 0;
	CHECK(add(set, &files[0], POLLIN) == -ENOMEM && uk_epoll_create(0) == -ENOMEM);
	allocations_left = -1;
	CHECK(look(set) == 0);
}

static void test_levels_and_edges(struct uk_file *set)
{
	CHECK(add(set, &files[0], POLLIN) == 0 && add(set, &files[1], POLLIN | EPOLLET) == 0);
	/* An event that holds when a file is added is an edge. */
	event_file_set(&files[0], POLLIN);
	event_file_set(&files[1], POLLIN);
	CHECK(look(set) == 2);
	CHECK(look(set) == 1 && found[0].data == 0);
	event_file_set(&files[1], POLLIN);
	CHECK(look(set) == 2 && look(set) == 1);
	/* A check uses the edge up, even if no event holds any more. */
	event_file_set(&files[1], POLLIN);
	files[1].events = 0;
	CHECK(look(set) == 1);
	files[1].events = POLLIN;
	CHECK(look(set) == 1);
	/* epoll_ctl(EPOLL_CTL_MOD) arms it again. */
	CHECK(modify(set, &files[1], POLLIN | EPOLLET) == 0 && look(set) == 2 && look(set) == 1);
	CHECK(remove_from(set, &files[0]) == 0 && remove_from(set, &files[1]) == 0);
}

static void test_single_shot(struct uk_file *set)
{
	event_file_set(&files[0], POLLIN);
	CHECK(add(set, &files[0], POLLIN | EPOLLONESHOT) == 0);
	CHECK(look(set) == 1 && look(set) == 0);
	/* Errors are not reported either, until it is armed again. */
	event_file_set(&files[0], POLLERR | POLLIN);
	CHECK(look(set) == 0);
	CHECK(modify(set, &files[0], POLLIN | EPOLLONESHOT) == 0 && look(set) == 1);
	CHECK(look(set) == 0 && remove_from(set, &files[0]) == 0);
}

/* Files that did not fit come first the next time. */
static void test_turns(struct uk_file *set)
{
	bool seen[FILES] = {false};

	for (unsigned int i = 0; i < FILES; i++) {
		CHECK(add(set, &files[i], POLLIN) == 0);
		event_file_set(&files[i], POLLIN);
	}
	for (unsigned int i = 0; i < FILES; i++) {
		CHECK(uk_epoll_wait(set, found, 1, 0) == 1 && !seen[found[0].data]);
		seen[found[0].data] = true;
	}
	CHECK(uk_epoll_wait(set, found, FILES - 1, 0) == FILES - 1);
	/* A fault loses nothing. */
	memory_is_bad = true;
	CHECK(look(set) == -EFAULT);
	memory_is_bad = false;
	CHECK(look(set) == FILES);
	for (unsigned int i = 0; i < FILES; i++) {
		files[i].events = 0;
		CHECK(remove_from(set, &files[i]) == 0);
	}
}

static void zero_becomes_readable(void)
{
	event_file_set(&files[0], POLLIN);
}

static void test_waits(struct uk_file *set)
{
	u64 before = now;

	CHECK(add(set, &files[0], POLLIN) == 0 && look(set) == 0);
	wait_does(NULL);
	CHECK(uk_epoll_wait(set, found, FILES, 3 * MS) == 0 && now == before + 3 * MS);
	wait_does(zero_becomes_readable);
	CHECK(uk_epoll_wait(set, found, FILES, -1) == 1);
	files[0].events = 0;
	wait_does(signal_comes);
	CHECK(uk_epoll_wait(set, found, FILES, -1) == -EINTR);
	/* Events come before the signal, which is ignored if there is no wait. */
	event_file_set(&files[0], POLLIN);
	CHECK(uk_epoll_wait(set, found, FILES, -1) == 1);
	files[0].events = 0;
	CHECK(look(set) == 0);
	signal_waits = false;
	waits_are_over();
	CHECK(remove_from(set, &files[0]) == 0);
}

/* Files that nothing happened to are not examined, nor those with an event that is not wanted. */
static void test_idle_files(struct uk_file *set)
{
	for (unsigned int i = 0; i < FILES; i++) {
		CHECK(add(set, &files[i], POLLIN | (i % 2 ? EPOLLET : 0)) == 0);
		files[i].looks = 0;
	}
	event_file_set(&files[1], POLLIN);
	event_file_set(&files[2], POLLIN);
	event_file_set(&files[3], POLLOUT);
	CHECK(look(set) == 2 && look(set) == 1);
	files[2].events = 0;
	CHECK(look(set) == 0 && look(set) == 0);
	CHECK(!files[0].looks && files[1].looks == 1 && files[2].looks == 3 && !files[3].looks);
	for (unsigned int i = 0; i < FILES; i++) {
		files[i].events = 0;
		CHECK(remove_from(set, &files[i]) == 0 && !files[i].queue.first);
	}
}

static struct uk_thread threads[3] = {
	{.tid = 2, .process = &check_process},
	{.tid = 3, .process = &check_process},
	{.tid = 4, .process = &check_process},
};
static struct uk_file *common; /* the set of these threads */
static unsigned int counts[3];
static char woken[8]; /* the numbers of the woken threads, in order */

static void note_woken(struct uk_thread *thread)
{
	size_t length = strlen(woken);

	CHECK(length + 1 < sizeof(woken));
	woken[length] = (char)('0' + thread->tid);
}

static void check_woken(const char *expected)
{
	if (strcmp(woken, expected))
		fprintf(stderr, "%s instead of %s\n", woken, expected);
	CHECK(strcmp(woken, expected) == 0);
	memset(woken, 0, sizeof(woken));
}

static void wait_as(unsigned int number, int maximum)
{
	struct epoll_event events[FILES];

	run_as(&threads[number]);
	counts[number] = (unsigned int)uk_epoll_wait(common, events, maximum, -1);
}
static void wait_as_3(void)
{
	wait_as(1, FILES);
}
static void wait_as_4(void)
{
	wait_as(2, 1);
}

static void one_event(void)
{
	event_file_set(&files[0], POLLIN);
	check_woken("4");
	/* It has not run yet: what happens meanwhile is for another one. */
	event_file_set(&files[1], POLLIN);
	check_woken("3");
}
static void another_event(void)
{
	event_file_set(&files[2], POLLIN);
}

/* Each event wakes one thread, the one that came last; a thread that leaves something wakes the
 * next one. */
static void test_many_waits(struct uk_file *set)
{
	common = set;
	for (unsigned int i = 0; i < 3; i++)
		CHECK(add(set, &files[i], POLLIN | EPOLLET) == 0);
	when_woken = note_woken;
	wait_does(wait_as_3);
	wait_does(wait_as_4);
	wait_does(one_event);
	wait_does(another_event);
	wait_as(0, FILES);
	/* Thread 4 took one event and woke thread 2 for the other, which thread 3 took first. */
	CHECK(counts[2] == 1 && counts[1] == 1 && counts[0] == 1);
	check_woken("22");
	when_woken = NULL;
	run_as(&check_thread);
	waits_are_over();
	for (unsigned int i = 0; i < 3; i++) {
		files[i].events = 0;
		CHECK(remove_from(set, &files[i]) == 0);
	}
}

/* Of the sets that contain a file exclusively, an event wakes one that is waited for. */
static void exclusive_event(void)
{
	wakes = 0;
	event_file_set(&files[0], POLLIN);
	CHECK(wakes == 1);
	check_woken("4");
	files[0].events = 0;
	event_file_set(&files[0], POLLIN);
	CHECK(wakes == 2);
	check_woken("3");
}

static void test_exclusive(void)
{
	struct uk_file *sets[3];
	int fds[3];

	for (unsigned int i = 0; i < 3; i++) {
		fds[i] = new_set(&sets[i]);
		CHECK(add(sets[i], &files[0], POLLIN | EPOLLEXCLUSIVE) == 0);
	}
	/* Nobody waits: all are ready. */
	event_file_set(&files[0], POLLIN);
	for (unsigned int i = 0; i < 3; i++)
		CHECK(look(sets[i]) == 1);
	files[0].events = 0;
	for (unsigned int i = 0; i < 3; i++)
		CHECK(look(sets[i]) == 0);
	when_woken = note_woken;
	common = sets[1];
	wait_does(wait_as_4);
	common = sets[1];
	wait_does(exclusive_event);
	wait_as(1, FILES);
	CHECK(counts[1] == 1 && counts[2] == 1);
	when_woken = NULL;
	run_as(&check_thread);
	waits_are_over();
	files[0].events = 0;
	for (unsigned int i = 0; i < 3; i++)
		CHECK(uk_fd_close(fds[i]) == 0);
	CHECK(!files[0].queue.first);
}

/* A closed file leaves its sets, a closed set its files. */
static void test_closing(void)
{
	struct event_file closed;
	struct uk_file *set;
	int fd = new_set(&set);

	event_file_open(&closed);
	event_file_set(&closed, POLLIN);
	CHECK(uk_epoll_add(set, closed.file, closed.fd, &(struct epoll_event){POLLIN, 1}) == 0);
	CHECK(look(set) == 1);
	CHECK(uk_fd_close(closed.fd) == 0 && closed.released && look(set) == 0);
	CHECK(add(set, &files[0], POLLIN) == 0 && files[0].file->interests);
	CHECK(uk_fd_close(fd) == 0 && !files[0].file->interests);
}

static int add_set(struct uk_file *outer, struct uk_file *inner, int fd)
{
	return uk_epoll_add(outer, inner, fd, &(struct epoll_event){POLLIN | EPOLLET, 9});
}

static void test_sets_in_sets(void)
{
	struct uk_file *sets[6];
	int fds[6];

	for (unsigned int i = 0; i < 6; i++)
		fds[i] = new_set(&sets[i]);
	/* No circles, and no more than Linux's depth. */
	CHECK(add_set(sets[0], sets[0], fds[0]) == -ELOOP);
	for (unsigned int i = 0; i < 4; i++)
		CHECK(add_set(sets[i], sets[i + 1], fds[i + 1]) == 0);
	CHECK(add_set(sets[4], sets[5], fds[5]) == -ELOOP);
	CHECK(add_set(sets[4], sets[0], fds[0]) == -ELOOP);
	/* An event in the innermost set is one of the outermost; checking it there consumes
	 * nothing. */
	CHECK(add(sets[4], &files[0], POLLIN) == 0 && look(sets[0]) == 0);
	event_file_set(&files[0], POLLIN);
	CHECK(uk_file_poll(sets[1], POLLIN | POLLOUT) == POLLIN);
	CHECK(look(sets[0]) == 1 && found[0].data == 9 && look(sets[0]) == 0);
	event_file_set(&files[0], POLLIN);
	CHECK(look(sets[0]) == 1 && look(sets[4]) == 1);
	files[0].events = 0;
	/* In any order. */
	for (unsigned int i = 0; i < 6; i++)
		CHECK(uk_fd_close(fds[i * 5 % 6]) == 0);
	CHECK(!files[0].file->interests);
}

int main(void)
{
	struct uk_file *set;
	int fd;

	files_init();
	run_constructors();
	for (unsigned int i = 0; i < FILES; i++)
		event_file_open(&files[i]);
	fd = new_set(&set);
	test_control(set);
	test_levels_and_edges(set);
	test_single_shot(set);
	test_turns(set);
	test_waits(set);
	test_idle_files(set);
	test_many_waits(set);
	test_exclusive();
	CHECK(uk_fd_close(fd) == 0);
	test_closing();
	test_sets_in_sets();
	for (unsigned int i = 0; i < FILES; i++)
		CHECK(uk_fd_close(files[i].fd) == 0 && files[i].released);
	files_end();
	return 0;
}
