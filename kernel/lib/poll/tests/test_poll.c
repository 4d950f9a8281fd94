/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: poll/poll.c poll/descriptors.c poll/select.c poll/table.c signal/wait.c sched/wait.c
 * sched/wait_queue.c vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c
 * vfs/mount.c vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c
 * vfs/rename.c vfs/attributes.c vfs/lock.c vfs/device.c vfs/fd_table.c ramfs/page_tree.c
 * ramfs/contents.c ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c
 * pagealloc/pagealloc.c */
/* poll(2), select(2) and their common wait: which descriptors are ready, how long they wait, what
 * ends a wait. */
#include <string.h>
#include <uk/poll.h>

#include "event_file.h"
#include "files.h"
#include "signals.h"

#define MS 1000000L

static struct event_file one, two;

static void one_is_readable(void)
{
	event_file_set(&one, POLLIN | POLLRDNORM);
}

static void two_hangs_up(void)
{
	event_file_set(&two, POLLHUP);
}

static void a_timer_runs(void)
{
	uk_cpu.timer_fired = true;
}

static void reset(void)
{
	one.events = two.events = 0;
	signal_waits = false;
	waits_are_over();
}

static void test_deadlines(void)
{
	CHECK(uk_poll_deadline(-1) == UINT64_MAX);
	CHECK(uk_poll_deadline(INT64_MAX) == now + INT64_MAX);
	CHECK(uk_poll_deadline(0) == now && uk_poll_deadline(5) == now + 5);
	CHECK(uk_poll_left(UINT64_MAX) == INT64_MAX && uk_poll_left(now + 7) == 7);
	CHECK(uk_poll_left(now) == 0 && uk_poll_left(0) == 0);
	/* A signal takes precedence over the deadline. */
	CHECK(uk_poll(NULL, 0, now) == 0);
	signal_waits = true;
	CHECK(uk_poll(NULL, 0, now) == -EINTR && uk_poll(NULL, 0, UINT64_MAX) == -EINTR);
	reset();
}

static void test_poll(void)
{
	struct pollfd polls[4] = {
		{.fd = one.fd, .events = POLLIN},
		{.fd = -1, .events = POLLIN, .revents = 77},
		{.fd = two.fd, .events = POLLOUT},
		{.fd = 900, .events = 0},
	};
	u64 before = now;

	/* A descriptor that is not open is an event; a negative one is skipped. */
	CHECK(uk_poll(polls, 4, UINT64_MAX) == 1);
	CHECK(polls[3].revents == POLLNVAL && !polls[0].revents && !polls[1].revents);
	/* Nothing happens until the deadline. */
	wait_does(NULL);
	CHECK(uk_poll(polls, 3, uk_poll_deadline(10 * MS)) == 0 && now == before + 10 * MS);
	waits_are_over();
	/* Woken for another reason, then for an event. */
	wait_does(a_timer_runs);
	wait_does(one_is_readable);
	CHECK(uk_poll(polls, 3, uk_poll_deadline(10 * MS)) == 1 && now == before + 10 * MS);
	CHECK(polls[0].revents == POLLIN && !polls[2].revents && !uk_cpu.timer_fired);
	waits_are_over();
	/* Errors and hang-ups are reported without being requested. */
	two_hangs_up();
	CHECK(uk_poll(polls, 3, 0) == 2 && polls[2].revents == POLLHUP);
	reset();
	wait_does(signal_comes);
	CHECK(uk_poll(polls, 3, UINT64_MAX) == -EINTR);
	reset();
	/* Without descriptors it is a sleep. */
	wait_does(NULL);
	CHECK(uk_poll(NULL, 0, uk_poll_deadline(MS)) == 0);
	reset();
}

#define WORDS 2 /* 128 descriptors */

static u64 wanted[UK_SELECT_KINDS * WORDS], ready[UK_SELECT_KINDS * WORDS];

static void want(int fd, unsigned int kind)
{
	wanted[kind * WORDS + (unsigned int)fd / 64] |= 1UL << fd % 64;
}

static bool is_ready(int fd, unsigned int kind)
{
	return ready[kind * WORDS + (unsigned int)fd / 64] >> fd % 64 & 1;
}

static void test_select(void)
{
	const struct uk_select_sets sets = {.words = WORDS, .wanted = wanted, .ready = ready};
	struct uk_file *high = uk_fd_get(two.fd);
	int fd = uk_fd_install(high, 100, false);
	u64 before = now;

	CHECK(fd == 100);
	want(one.fd, 0);
	want(fd, 0);
	want(fd, 1);
	want(fd, 2);
	wait_does(NULL);
	CHECK(uk_select(&sets, 101, uk_poll_deadline(MS)) == 0 && now == before + MS);
	waits_are_over();
	wait_does(two_hangs_up);
	CHECK(uk_select(&sets, 101, UINT64_MAX) == 1 && is_ready(fd, 0) && !is_ready(fd, 1));
	memset(ready, 0, sizeof(ready));
	event_file_set(&two, POLLIN | POLLOUT | POLLPRI | POLLERR);
	CHECK(uk_select(&sets, 101, 0) == 3 && is_ready(fd, 0) && is_ready(fd, 1) &&
	      is_ready(fd, 2));
	memset(ready, 0, sizeof(ready));
	/* Descriptors from count on are ignored. */
	CHECK(uk_select(&sets, 100, now) == 0 && !is_ready(fd, 0));
	reset();
	wait_does(signal_comes);
	CHECK(uk_select(&sets, 101, UINT64_MAX) == -EINTR);
	reset();
	want(fd + 1, 0);
	CHECK(uk_select(&sets, 101, now) == 0 && uk_select(&sets, 102, 0) == -EBADF);
	CHECK(uk_fd_close(fd) == 0 && uk_select(&sets, 101, 0) == -EBADF);
}

/* More descriptors than the wait has room for by itself; each queue has one entry per descriptor,
 * and only the events that were asked for end the wait. */
static void closed_meanwhile(void)
{
	CHECK(two.queue.first && one.queue.first && one.queue.first->next);
	event_file_set(&two, POLLIN);
	CHECK(uk_fd_close(two.fd) == 0 && !two.released);
	one_is_readable();
}

static void test_many(void)
{
	struct uk_file *file = uk_fd_get(one.fd);
	struct pollfd polls[20];

	for (int i = 0; i < 20; i++)
		polls[i] = (struct pollfd){.fd = one.fd, .events = POLLIN};
	polls[3].fd = 200;
	polls[4] = (struct pollfd){.fd = two.fd, .events = POLLOUT};
	allocations_left = 0;
	CHECK(uk_poll(polls, 3, now) == 0 && uk_poll(polls, 20, now) == 1);
	polls[3].fd = -1;
	CHECK(uk_poll(polls, 20, UINT64_MAX) == -ENOMEM);
	allocations_left = -1;
	CHECK(!one.queue.first && !two.queue.first);
	/* A file that is closed meanwhile stays until the end of the wait (Linux). */
	wait_does(closed_meanwhile);
	CHECK(uk_poll(polls, 20, UINT64_MAX) == 19);
	CHECK(polls[0].revents == POLLIN && polls[4].revents == POLLNVAL && two.released);
	CHECK(!one.queue.first && !two.queue.first);
	uk_file_put(file);
	event_file_open(&two);
	reset();
}

/* The mask of a wait stays in effect for the signal's handler, whose frame restores the old one. */
static void test_masks(void)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;

	state->blocked = 0x10;
	uk_poll_begin_mask(0x22);
	CHECK(state->blocked == 0x22);
	CHECK(uk_poll_end_mask(3) == 3 && state->blocked == 0x10 && !state->restore_blocked);
	uk_poll_begin_mask(0x22);
	CHECK(uk_poll_end_mask(-EINTR) == -EINTR);
	CHECK(state->blocked == 0x22 && state->restore_blocked && state->saved_blocked == 0x10);
}

int main(void)
{
	files_init();
	event_file_open(&one);
	event_file_open(&two);
	test_deadlines();
	test_poll();
	test_many();
	test_select();
	test_masks();
	CHECK(uk_fd_close(one.fd) == 0 && uk_fd_close(two.fd) == 0);
	CHECK(one.released && two.released);
	CHECK(uk_thread_current()->signal.blocked == 0x22);
	files_end();
	return 0;
}
