/* SPDX-License-Identifier: BSD-3-Clause */
/* Waits: alone, and while many other threads wait or a set has many idle descriptors. Mixes with
 * " | " in their names are variants of the one whose name is before it. */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "measure.h"

#define THREADS	    500
#define DESCRIPTORS 4000
#define STACK	    65536
#define LONG_TIME   3600

static int there[2], back[2], set, event;
static sem_t never;

static void must(int fine)
{
	if (!fine)
		abort();
}

static void start(void *(*function)(void *))
{
	pthread_attr_t attributes;
	pthread_t thread;

	must(pthread_attr_init(&attributes) == 0);
	must(pthread_attr_setstacksize(&attributes, STACK) == 0);
	must(pthread_create(&thread, &attributes, function, NULL) == 0);
	must(pthread_attr_destroy(&attributes) == 0);
}

static void *echo(void *unused)
{
	char byte;

	(void)unused;
	while (read(there[0], &byte, 1) == 1)
		must(write(back[1], &byte, 1) == 1);
	return NULL;
}

static void round_trip(void)
{
	char byte = 'x';

	must(write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1);
}

/* With a timeout, so that a timer is started for each wait. */
static void timed_round_trip(void)
{
	struct pollfd poll_back = {.fd = back[0], .events = POLLIN};
	char byte = 'x';

	must(write(there[1], &byte, 1) == 1 && poll(&poll_back, 1, 1000 * LONG_TIME) == 1);
	must(read(back[0], &byte, 1) == 1);
}

static void request(void)
{
	struct epoll_event ready;
	uint64_t value = 1;

	must(write(event, &value, sizeof(value)) == sizeof(value));
	must(epoll_wait(set, &ready, 1, -1) == 1 && ready.data.fd == event);
	must(read(event, &value, sizeof(value)) == sizeof(value));
}

static void *sleep_long(void *unused)
{
	sleep(LONG_TIME);
	return unused;
}

static void *read_for_ever(void *unused)
{
	int ends[2];
	char byte;

	must(pipe(ends) == 0 && read(ends[0], &byte, 1) == 1);
	return unused;
}

static void *poll_long(void *unused)
{
	int ends[2];

	must(pipe(ends) == 0);
	must(poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 1000 * LONG_TIME) == 1);
	return unused;
}

static void *wait_for_epoll(void *unused)
{
	int mine = epoll_create1(0), counter = eventfd(0, 0);
	struct epoll_event ready = {.events = EPOLLIN};

	must(epoll_ctl(mine, EPOLL_CTL_ADD, counter, &ready) == 0);
	must(epoll_wait(mine, &ready, 1, -1) == 1);
	return unused;
}

static void *wait_for_semaphore(void *unused)
{
	must(sem_wait(&never) == 0);
	return unused;
}

static void *wait_for_signal(void *unused)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR2);
	must(sigwaitinfo(&signals, NULL) == SIGUSR2);
	return unused;
}

static void *(*const idle[])(void *) = {sleep_long,	read_for_ever,	    poll_long,
					wait_for_epoll, wait_for_semaphore, wait_for_signal};
#define KINDS (sizeof(idle) / sizeof(*idle))

static void add(int fd)
{
	struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};

	must(fd >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, fd, &wanted) == 0);
}

int main(void)
{
	struct rlimit files;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR2);
	must(sigprocmask(SIG_BLOCK, &signals, NULL) == 0 && sem_init(&never, 0, 0) == 0);
	must(getrlimit(RLIMIT_NOFILE, &files) == 0);
	files.rlim_cur = 2 * DESCRIPTORS;
	must(files.rlim_cur <= files.rlim_max && setrlimit(RLIMIT_NOFILE, &files) == 0);
	must(pipe(there) == 0 && pipe(back) == 0);
	set = epoll_create1(0);
	event = eventfd(0, 0);
	add(event);
	start(echo);
	measure("round trip of a byte between two threads", round_trip);
	measure("the same with poll and a timeout", timed_round_trip);
	measure("epoll request", request);
	for (int i = 0; i < DESCRIPTORS; i++)
		add(eventfd(0, 0));
	measure("epoll request | 4000 idle descriptors", request);
	for (int i = 0; i < THREADS; i++)
		start(idle[(unsigned int)i % KINDS]);
	/* All of them wait. */
	usleep(500000);
	measure("round trip of a byte between two threads | 500 idle threads", round_trip);
	measure("the same with poll and a timeout | 500 idle threads", timed_round_trip);
	fflush(stdout);
	_exit(0);
}
