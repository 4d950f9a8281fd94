/* Random operations on epoll sets, pipes and eventfds by one thread: what Linux reports is what is
 * reported, in the same order. The seeds are the arguments. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

#define SETS  4
#define PIPES 4
#define FDS   (SETS + 2 * PIPES + 3 + 3)
#define STEPS 4000

static uint64_t state;
static int fds[FDS]; /* sets, pipes' ends in pairs, eventfds, duplicates */
static char block[70000];

static unsigned int next(unsigned int limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)(state >> 20) % limit;
}

static void open_pipe(int *pair)
{
	if (pipe2(pair, O_NONBLOCK))
		abort();
	fcntl(pair[1], F_SETPIPE_SZ, 4096 << next(3));
}

static void open_all(void)
{
	for (int i = 0; i < SETS; i++)
		fds[i] = epoll_create1(0);
	for (int i = 0; i < PIPES; i++)
		open_pipe(&fds[SETS + 2 * i]);
	for (int i = SETS + 2 * PIPES; i < SETS + 2 * PIPES + 3; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK | (i % 2 ? EFD_SEMAPHORE : 0));
	for (int i = SETS + 2 * PIPES + 3; i < FDS; i++)
		fds[i] = dup(fds[SETS + next(2 * PIPES + 3)]);
}

static void control(void)
{
	static const unsigned int flags[] = {
		0, 0, EPOLLET, EPOLLONESHOT, EPOLLET | EPOLLONESHOT, EPOLLEXCLUSIVE};
	int set = (int)next(SETS), member = (int)next(FDS), operation = 1 + (int)next(3);
	struct epoll_event event = {
		.events = (next(2) ? EPOLLIN : 0) | (next(3) ? 0 : EPOLLOUT) |
			  (next(5) ? 0 : EPOLLRDNORM) | flags[next(6)],
		.data.u32 = (uint32_t)member,
	};
	int result = epoll_ctl(fds[set], operation, fds[member], &event);

	printf("control %d %d %d %#x: %d %s\n", set, operation, member, event.events, result,
	       result < 0 ? errno_text() : "");
}

/* In milliseconds; seldom one, because nothing happens meanwhile. */
static int timeout(void)
{
	return next(10) == 0;
}

static void wait_for_events(void)
{
	struct epoll_event events[FDS];
	int set = (int)next(SETS), maximum = 1 + (int)next(FDS);
	int count = epoll_wait(fds[set], events, maximum, timeout());

	printf("wait %d %d: %d", set, maximum, count);
	for (int i = 0; i < count; i++)
		printf(" %u:%#x", events[i].data.u32, events[i].events);
	printf("\n");
}

static void poll_all(void)
{
	struct pollfd polls[2 * FDS];
	unsigned int count = next(2 * FDS);
	int ready;

	for (unsigned int i = 0; i < count; i++) {
		polls[i].fd = next(9) ? fds[next(FDS)] : -1;
		polls[i].events = (short)((next(2) ? POLLIN : 0) | (next(2) ? POLLOUT : 0));
	}
	ready = poll(polls, count, timeout());
	printf("poll %u: %d", count, ready);
	for (unsigned int i = 0; i < count; i++)
		printf(" %x", polls[i].revents);
	printf("\n");
}

static void select_some(void)
{
	struct timeval time = {0, timeout() * 1000};
	fd_set in, out;
	int ready;

	FD_ZERO(&in);
	FD_ZERO(&out);
	for (int i = 0; i < FDS; i++) {
		if (next(3) == 0)
			FD_SET(fds[i], &in);
		if (next(3) == 0)
			FD_SET(fds[i], &out);
	}
	ready = select(FD_SETSIZE, &in, &out, NULL, &time);
	printf("select: %d", ready);
	for (int i = 0; i < FDS; i++)
		printf(" %d%d", FD_ISSET(fds[i], &in) != 0, FD_ISSET(fds[i], &out) != 0);
	printf("\n");
}

static void move_bytes(void)
{
	int pair = SETS + 2 * (int)next(PIPES), writes = (int)next(2);
	size_t length = next(4) ? 1 + next(100) : 1 + next(sizeof(block));
	long moved = writes ? write(fds[pair + 1], block, length) : read(fds[pair], block, length);

	printf("%s %d %zu: %ld %s\n", writes ? "write" : "read", pair, length, moved,
	       moved < 0 ? errno_text() : "");
}

static void count_events(void)
{
	int index = SETS + 2 * PIPES + (int)next(3);
	uint64_t value = next(4) ? 1 + next(3) : UINT64_MAX - 1 - next(2);
	long moved = next(2) ? write(fds[index], &value, 8) : read(fds[index], &value, 8);

	printf("event %d %llu: %ld %s\n", index, (unsigned long long)value, moved,
	       moved < 0 ? errno_text() : "");
}

/* Closes one of them, which a duplicate may keep open, and opens it again. */
static void reopen(void)
{
	int index = (int)next(FDS);

	printf("reopen %d\n", index);
	if (index < SETS) {
		close(fds[index]);
		fds[index] = epoll_create1(0);
	} else if (index < SETS + 2 * PIPES) {
		int first = index - (index - SETS) % 2;

		close(fds[index]);
		wait_for_events();
		close(fds[2 * first + 1 - index]);
		open_pipe(&fds[first]);
	} else if (index < SETS + 2 * PIPES + 3) {
		close(fds[index]);
		fds[index] = eventfd(next(3), EFD_NONBLOCK);
	} else {
		close(fds[index]);
		fds[index] = dup(fds[SETS + next(2 * PIPES + 3)]);
	}
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		state = 88172645463325252u * strtoul(argv[i], NULL, 10) + 1;
		open_all();
		for (int step = 0; step < STEPS; step++) {
			switch (next(16)) {
			case 0:
			case 1:
			case 2:
			case 3:
				control();
				break;
			case 4:
			case 5:
			case 6:
			case 7:
				wait_for_events();
				break;
			case 8:
				poll_all();
				break;
			case 9:
				select_some();
				break;
			case 10:
			case 11:
			case 12:
				move_bytes();
				break;
			case 13:
			case 14:
				count_events();
				break;
			default:
				reopen();
			}
		}
		for (int fd = 0; fd < FDS; fd++)
			close(fds[fd]);
	}
	return 0;
}
