/* Threads that wait for files, and what wakes which of them; the same on Linux. */
#define _GNU_SOURCE
#include "asleep.h"
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/timerfd.h>

#define THREADS 8
#define CALM_US 20000 /* who was woken wrongly has run by then */

static pthread_t threads[THREADS];
static volatile int tids[THREADS];
static volatile unsigned int woken;
static int set, event, ends[2];
static long results[THREADS];
static int errors[THREADS];

static void start(int index, void *(*function)(void *))
{
	tids[index] = 0;
	pthread_create(&threads[index], NULL, function, (void *)(intptr_t)index);
	wait_until_asleep(&tids[index]);
}

static int begin(void *argument)
{
	int index = (int)(intptr_t)argument;

	tids[index] = own_tid();
	return index;
}

static void *end(int index, long result)
{
	errors[index] = result < 0 ? errno : 0;
	results[index] = result;
	__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void join(const char *what, int index)
{
	pthread_join(threads[index], NULL);
	errno = errors[index];
	printf("%s: %ld %s\n", what, results[index], errno ? errno_text() : "");
}

static void expect_woken(const char *what, unsigned int count)
{
	while (woken < count)
		usleep(1000);
	usleep(CALM_US);
	printf("%s: %u woken\n", what, woken);
}

static void add(int to, int fd, unsigned int events)
{
	struct epoll_event wanted = {.events = events, .data.fd = fd};

	if (epoll_ctl(to, EPOLL_CTL_ADD, fd, &wanted))
		printf("add: %s\n", errno_text());
}

static void count_event(void)
{
	uint64_t one = 1;

	if (write(event, &one, sizeof(one)) != sizeof(one))
		printf("event: %s\n", errno_text());
}

static void *wait_in_set(void *argument)
{
	struct epoll_event events[4];
	int index = begin(argument);
	long count = epoll_wait(set, events, 4, -1);

	return end(index, count > 0 ? count * 100 + events[0].data.fd : count);
}

static void open_set(unsigned int events)
{
	woken = 0;
	set = epoll_create1(0);
	event = eventfd(0, EFD_NONBLOCK);
	add(set, event, events);
}

static void close_set(void)
{
	close(set);
	close(event);
}

/* Each edge wakes one thread; a level wakes all, one after the other. */
static void test_one_set(void)
{
	open_set(EPOLLIN | EPOLLET);
	for (int i = 0; i < THREADS; i++)
		start(i, wait_in_set);
	for (unsigned int i = 1; i <= THREADS; i++) {
		count_event();
		expect_woken("an edge", i);
	}
	for (int i = 0; i < THREADS; i++)
		join("thread", i);
	close_set();
	open_set(EPOLLIN);
	for (int i = 0; i < THREADS; i++)
		start(i, wait_in_set);
	count_event();
	for (int i = 0; i < THREADS; i++)
		join("level", i);
	close_set();
	open_set(EPOLLIN | EPOLLONESHOT);
	for (int i = 0; i < 3; i++)
		start(i, wait_in_set);
	count_event();
	expect_woken("one-shot", 1);
	for (unsigned int i = 2; i <= 3; i++) {
		struct epoll_event again = {.events = EPOLLIN | EPOLLONESHOT, .data.fd = event};

		epoll_ctl(set, EPOLL_CTL_MOD, event, &again);
		expect_woken("armed again", i);
	}
	for (int i = 0; i < 3; i++)
		join("one-shot", i);
	close_set();
}

static unsigned int flags;

static void *wait_in_own_set(void *argument)
{
	int own = epoll_create1(0), index;
	struct epoll_event got;

	add(own, event, EPOLLIN | flags);
	index = begin(argument);
	end(index, epoll_wait(own, &got, 1, -1));
	close(own);
	return NULL;
}

/* A file in many sets: all are woken, or, exclusively, one per event. */
static void test_many_sets(void)
{
	for (int exclusive = 0; exclusive < 2; exclusive++) {
		flags = exclusive ? EPOLLEXCLUSIVE : 0;
		event = eventfd(0, EFD_NONBLOCK);
		woken = 0;
		for (int i = 0; i < THREADS; i++)
			start(i, wait_in_own_set);
		if (!exclusive) {
			count_event();
			expect_woken("shared", THREADS);
		}
		for (unsigned int i = 1; exclusive && i <= THREADS; i++) {
			count_event();
			expect_woken("exclusive", i);
		}
		for (int i = 0; i < THREADS; i++)
			join("set", i);
		close(event);
	}
}

/* Files come, change and go while a thread waits for the set. */
static void test_changes(void)
{
	struct epoll_event wanted = {.events = EPOLLIN};

	open_set(0);
	count_event();
	start(0, wait_in_set);
	wanted.data.fd = 1;
	epoll_ctl(set, EPOLL_CTL_MOD, event, &wanted);
	join("modified", 0);
	close_set();

	set = epoll_create1(0);
	event = eventfd(1, 0);
	start(0, wait_in_set);
	wanted.data.fd = 2;
	epoll_ctl(set, EPOLL_CTL_ADD, event, &wanted);
	join("added", 0);
	close_set();

	set = epoll_create1(0);
	event = eventfd(0, 0);
	if (pipe(ends))
		abort();
	wanted.data.fd = 3;
	epoll_ctl(set, EPOLL_CTL_ADD, ends[0], &wanted);
	wanted.data.fd = 4;
	epoll_ctl(set, EPOLL_CTL_ADD, event, &wanted);
	start(0, wait_in_set);
	close(ends[0]);
	close(ends[1]);
	usleep(CALM_US);
	count_event();
	join("closed", 0);
	close_set();

	/* The set itself is closed: it stays until the wait ends. */
	open_set(EPOLLIN);
	start(0, wait_in_set);
	close(set);
	count_event();
	join("set closed", 0);
	close(event);
}

static int outer;

static void *wait_in_outer_set(void *argument)
{
	struct epoll_event got;
	int index = begin(argument);

	return end(index, epoll_wait(outer, &got, 1, -1));
}

static void *poll_set(void *argument)
{
	struct pollfd polls[2] = {{.fd = set, .events = POLLIN}, {.fd = set, .events = POLLIN}};
	int index = begin(argument);
	int count = poll(polls, 2, -1);

	return end(index, count * 10000 + polls[0].revents * 100 + polls[1].revents);
}

static void *select_set(void *argument)
{
	int index = begin(argument);
	fd_set in;

	FD_ZERO(&in);
	FD_SET(set, &in);
	return end(index, select(set + 1, &in, NULL, NULL, NULL));
}

static void test_nested(void)
{
	open_set(EPOLLIN);
	outer = epoll_create1(0);
	add(outer, set, EPOLLIN | EPOLLET);
	start(0, wait_in_outer_set);
	start(1, poll_set);
	start(2, select_set);
	start(3, wait_in_set);
	count_event();
	join("outer", 0);
	join("poll", 1);
	join("select", 2);
	pthread_join(threads[3], NULL);
	close(outer);
	close_set();
}

static void *read_byte(void *argument)
{
	int index = begin(argument);
	char byte = 0;
	long got = read(ends[0], &byte, 1);

	return end(index, got == 1 ? byte : got);
}

static void *write_much(void *argument)
{
	static char much[100000];
	int index = begin(argument);

	return end(index, write(ends[1], much, sizeof(much)));
}

static void *poll_ends(void *argument)
{
	struct pollfd polls[3] = {{.fd = ends[0], .events = POLLIN},
				  {.fd = ends[0], .events = POLLIN},
				  {.fd = ends[0], .events = 0}};
	int index = begin(argument);
	int count = poll(polls, 3, -1);

	return end(index, count * 1000000 + polls[0].revents * 10000 + polls[1].revents * 100 +
				  polls[2].revents);
}

/* Of the threads that read, each gets a byte of one write; of those that write, all go on. */
static void test_pipe(void)
{
	static char drain[4096];
	long sum = 0, left = 3 * 100000;

	woken = 0;
	if (pipe(ends))
		abort();
	for (int i = 0; i < THREADS; i++)
		start(i, read_byte);
	if (write(ends[1], "a", 1) != 1)
		abort();
	expect_woken("a byte", 1);
	if (write(ends[1], "bcdefgh", 7) != 7)
		abort();
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += results[i];
	}
	printf("sum of bytes: %ld\n", sum);
	for (int i = 0; i < 3; i++)
		start(i, write_much);
	while (left)
		left -= read(ends[0], drain, sizeof(drain));
	for (int i = 0; i < 3; i++)
		join("written", i);
	start(0, poll_ends);
	start(1, read_byte);
	start(2, read_byte);
	close(ends[1]);
	join("poll at the end", 0);
	join("read at the end", 1);
	join("read at the end", 2);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	if (pipe(ends))
		abort();
	start(0, write_much);
	close(ends[0]);
	join("write without reader", 0);
	close(ends[1]);
}

static void *read_timer(void *argument)
{
	uint64_t expirations = 0;
	int index = begin(argument);

	if (read(event, &expirations, sizeof(expirations)) != sizeof(expirations))
		return end(index, -1);
	return end(index, (long)expirations);
}

static void test_timer(void)
{
	const struct itimerspec soon = {.it_value = {.tv_nsec = 1000000}};

	event = timerfd_create(CLOCK_MONOTONIC, 0);
	start(0, read_timer);
	timerfd_settime(event, 0, &soon, NULL);
	/* It comes while another thread computes. */
	while (!*(volatile long *)&results[0] || woken == 0)
		;
	join("timer", 0);
	close(event);
}

static void *take_signal(void *argument)
{
	int index = (int)(intptr_t)argument;
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGRTMIN + index);
	begin(argument);
	return end(index, sigwaitinfo(&wanted, NULL) - SIGRTMIN);
}

/* Only the thread that waits for a signal takes it. */
static void test_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	woken = 0;
	for (int i = 0; i < THREADS; i++)
		start(i, take_signal);
	for (int i = THREADS - 1; i >= 0; i--) {
		kill(getpid(), SIGRTMIN + i);
		expect_woken("a signal", (unsigned int)(THREADS - i));
	}
	for (int i = 0; i < THREADS; i++)
		join("signal", i);
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
}

static void nothing(int signal)
{
	(void)signal;
}

/* With and without SA_RESTART. */
static void test_interruptions(void)
{
	for (int restart = 0; restart < 2; restart++) {
		const struct sigaction action = {.sa_handler = nothing,
						 .sa_flags = restart ? SA_RESTART : 0};

		sigaction(SIGUSR1, &action, NULL);
		if (pipe(ends))
			abort();
		open_set(EPOLLIN);
		start(0, wait_in_set);
		start(1, poll_ends);
		start(2, read_byte);
		for (int i = 0; i < 3; i++)
			pthread_kill(threads[i], SIGUSR1);
		join("set interrupted", 0);
		join("poll interrupted", 1);
		if (restart) {
			usleep(CALM_US);
			if (write(ends[1], "r", 1) != 1)
				abort();
		}
		join("read interrupted", 2);
		close(ends[0]);
		close(ends[1]);
		close_set();
	}
}

static void *lock(void *argument)
{
	int index = (int)(intptr_t)argument, file = open("lock", O_RDWR);
	long result;

	begin(argument);
	result = flock(file, LOCK_SH);
	end(index, result);
	close(file);
	return NULL;
}

/* A released lock is taken by all who can share it. */
static void test_locks(void)
{
	int file = open("lock", O_RDWR | O_CREAT, 0600), other = open("lock", O_RDWR);

	woken = 0;
	flock(file, LOCK_EX);
	for (int i = 0; i < 3; i++)
		start(i, lock);
	flock(other, LOCK_UN);
	expect_woken("another lock", 0);
	flock(file, LOCK_UN);
	for (int i = 0; i < 3; i++)
		join("lock", i);
	close(file);
	close(other);
	unlink("lock");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	test_one_set();
	test_many_sets();
	test_changes();
	test_nested();
	test_pipe();
	test_timer();
	test_signals();
	test_interruptions();
	test_locks();
	return 0;
}
