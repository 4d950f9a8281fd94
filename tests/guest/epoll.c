/* epoll(7): level-triggered, edge-triggered, one-shot, nested sets; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int set, ends[2];
static char block[65536];

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static int control(int operation, int fd, unsigned int events)
{
	struct epoll_event event = {.events = events, .data.u64 = (uint64_t)fd << 32 | events};

	return epoll_ctl(set, operation, fd, &event);
}

static int compare(const struct epoll_event *a, const struct epoll_event *b)
{
	return (a->data.u64 > b->data.u64) - (a->data.u64 < b->data.u64);
}

/* The order of several ready files is unspecified: sort them. */
static void events_within(const char *what, int timeout)
{
	struct epoll_event events[8];
	int count = epoll_wait(set, events, 8, timeout);

	printf("%s: %d %s", what, count, count < 0 ? errno_text() : "");
	for (int i = 1; i < count; i++) {
		for (int j = i; j > 0 && compare(&events[j - 1], &events[j]) > 0; j--) {
			struct epoll_event other = events[j];

			events[j] = events[j - 1];
			events[j - 1] = other;
		}
	}
	for (int i = 0; i < count; i++)
		printf(", %#x of %d for %#x", events[i].events, (int)(events[i].data.u64 >> 32),
		       (unsigned int)events[i].data.u64);
	printf("\n");
}

static void events(const char *what)
{
	events_within(what, 0);
}

static void begin(int flags)
{
	set = epoll_create1(EPOLL_CLOEXEC);
	pipe2(ends, O_NONBLOCK | flags);
}

static void finish(void)
{
	close(ends[0]);
	close(ends[1]);
	close(set);
}

static void refused(void)
{
	int file = open("a_file", O_RDWR | O_CREAT, 0644), other = epoll_create(1);
	struct epoll_event event = {.events = EPOLLIN};
	struct stat status;

	begin(0);
	fstat(set, &status);
	printf("flags %#x, descriptor flags %d, mode %o\n", fcntl(set, F_GETFL),
	       fcntl(set, F_GETFD), status.st_mode);
	result("size", epoll_create(0));
	result("flags", epoll_create1(1));
	result("a file", control(EPOLL_CTL_ADD, file, EPOLLIN));
	result("a directory", control(EPOLL_CTL_ADD, open(".", O_RDONLY), EPOLLIN));
	result("itself", control(EPOLL_CTL_ADD, set, EPOLLIN));
	result("no descriptor", control(EPOLL_CTL_ADD, 99, EPOLLIN));
	result("no set", epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event));
	result("no descriptor", epoll_ctl(99, EPOLL_CTL_ADD, ends[1], &event));
	result("operation", control(7, ends[0], EPOLLIN));
	result("wild", epoll_ctl(set, EPOLL_CTL_ADD, ends[0], (void *)8));
	result("not there", control(EPOLL_CTL_MOD, ends[0], EPOLLIN));
	result("not there", epoll_ctl(set, EPOLL_CTL_DEL, ends[0], NULL));
	result("add", control(EPOLL_CTL_ADD, ends[0], EPOLLIN));
	result("again", control(EPOLL_CTL_ADD, ends[0], EPOLLOUT));
	result("exclusive", control(EPOLL_CTL_ADD, ends[1], EPOLLIN | EPOLLEXCLUSIVE));
	result("changed", control(EPOLL_CTL_MOD, ends[1], EPOLLIN));
	result("exclusively", control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLEXCLUSIVE));
	result("a set", control(EPOLL_CTL_ADD, other, EPOLLIN | EPOLLEXCLUSIVE));
	result("no room", epoll_wait(set, &event, 0, 0));
	result("no set", epoll_wait(ends[0], &event, 1, 0));
	result("no descriptor", epoll_wait(99, &event, 1, 0));
	write(ends[1], "x", 1);
	result("wild", epoll_wait(set, (void *)8, 1, 0));
	result("read", read(set, block, 1));
	result("mask size", syscall(SYS_epoll_pwait, set, &event, 1, 0, &event, 4));
	close(other);
	close(file);
	unlink("a_file");
	finish();
}

static void levels(void)
{
	struct epoll_event event;

	begin(0);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLRDHUP);
	control(EPOLL_CTL_ADD, ends[1], EPOLLOUT);
	events("empty");
	write(ends[1], "some", 4);
	events("written");
	events("still");
	result("one of two", epoll_wait(set, &event, 1, 0));
	control(EPOLL_CTL_MOD, ends[1], 0);
	events("not the writer");
	read(ends[0], block, 2);
	events("a part read");
	read(ends[0], block, 2);
	events("all read");
	close(ends[1]);
	events("hung up");
	control(EPOLL_CTL_MOD, ends[0], 0);
	events("always told");
	epoll_ctl(set, EPOLL_CTL_DEL, ends[0], NULL);
	events("removed");
	finish();
}

static void edges(void)
{
	begin(0);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLET);
	events("empty");
	write(ends[1], "one", 3);
	events("written");
	events("not again");
	write(ends[1], "two", 3);
	events("written again");
	read(ends[0], block, 1);
	events("a part read");
	control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET);
	events("changed");
	read(ends[0], block, 100);
	write(ends[1], "three", 5);
	read(ends[0], block, 100);
	events("written and read");
	control(EPOLL_CTL_ADD, ends[1], EPOLLOUT | EPOLLET);
	events("the writer too");
	events("not again");
	write(ends[1], block, sizeof(block));
	events("full");
	read(ends[0], block, 4096);
	events("room again");
	read(ends[0], block, 4096);
	events("more room");
	close(ends[0]);
	events("no reader");
	events("not again");
	finish();
}

static void single_shots(void)
{
	begin(0);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLONESHOT);
	write(ends[1], "some", 4);
	events("once");
	write(ends[1], "some", 4);
	events("not twice");
	close(ends[1]);
	events("not even the end");
	control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET | EPOLLONESHOT);
	events("once more");
	events("no more");
	finish();
}

/* The interest lasts as long as the open file, not the descriptor. */
static void closed(void)
{
	int copy;

	begin(0);
	copy = dup(ends[0]);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN);
	write(ends[1], "some", 4);
	close(ends[0]);
	events("a copy is open");
	result("not by this number", epoll_ctl(set, EPOLL_CTL_DEL, copy, NULL));
	close(copy);
	events("all are closed");
	ends[0] = -1;
	finish();
	begin(0);
	copy = dup(ends[0]);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN);
	control(EPOLL_CTL_ADD, copy, EPOLLIN | EPOLLRDNORM);
	write(ends[1], "some", 4);
	events("two numbers");
	close(copy);
	finish();
}

static void of_event_files(void)
{
	int counter = eventfd(0, EFD_NONBLOCK), timer = timerfd_create(CLOCK_MONOTONIC, 0);
	int watch = inotify_init1(IN_NONBLOCK), signal_file;
	struct itimerspec soon = {.it_value.tv_nsec = 1000000};
	uint64_t one = 1, value;
	sigset_t mask;

	begin(0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal_file = signalfd(-1, &mask, SFD_NONBLOCK);
	control(EPOLL_CTL_ADD, counter, EPOLLIN | EPOLLET);
	control(EPOLL_CTL_ADD, timer, EPOLLIN | EPOLLET);
	control(EPOLL_CTL_ADD, watch, EPOLLIN | EPOLLET);
	control(EPOLL_CTL_ADD, signal_file, EPOLLIN | EPOLLET);
	events("nothing");
	write(counter, &one, sizeof(one));
	events("counter");
	events("not again");
	write(counter, &one, sizeof(one));
	events("counter again");
	read(counter, &value, sizeof(value));
	events("read");
	timerfd_settime(timer, 0, &soon, NULL);
	events_within("timer", 5000);
	events("not again");
	timerfd_settime(timer, 0, &soon, NULL);
	events_within("timer again", 5000);
	inotify_add_watch(watch, ".", IN_CREATE);
	close(open("a_file", O_RDWR | O_CREAT, 0644));
	events("file made");
	events("not again");
	unlink("a_file");
	raise(SIGUSR1);
	events("signal");
	events("not again");
	read(signal_file, block, sizeof(block));
	raise(SIGUSR1);
	events("signal again");
	read(signal_file, block, sizeof(block));
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	close(counter);
	close(timer);
	close(watch);
	close(signal_file);
	finish();
}

static void sets_in_sets(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct pollfd poll_set;
	int outer, chain[8];

	begin(0);
	outer = epoll_create1(0);
	control(EPOLL_CTL_ADD, ends[0], EPOLLIN);
	event.data.fd = set;
	result("add the set", epoll_ctl(outer, EPOLL_CTL_ADD, set, &event));
	event.data.fd = outer;
	result("and the other way", epoll_ctl(set, EPOLL_CTL_ADD, outer, &event));
	poll_set = (struct pollfd){outer, POLLIN | POLLOUT, 0};
	printf("poll %d\n", poll(&poll_set, 1, 0));
	write(ends[1], "some", 4);
	printf("poll %d %#x\n", poll(&poll_set, 1, 0), poll_set.revents);
	result("outer", epoll_wait(outer, &event, 1, 0));
	printf("of the inner one %d\n", event.data.fd == set);
	events("inner");
	read(ends[0], block, 4);
	result("outer", epoll_wait(outer, &event, 1, 0));
	close(outer);
	for (int i = 0; i < 8; i++)
		chain[i] = epoll_create1(0);
	event = (struct epoll_event){.events = EPOLLIN};
	for (int i = 0; i < 7; i++)
		result("chain", epoll_ctl(chain[i], EPOLL_CTL_ADD, chain[i + 1], &event));
	for (int i = 0; i < 8; i++)
		close(chain[i]);
	finish();
}

static void on_signal(int signal)
{
}

static void waits(void)
{
	struct itimerval soon = {.it_value.tv_usec = 20000};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct timespec moment = {.tv_nsec = 20000000}, bad = {.tv_nsec = -1};
	struct epoll_event event;
	sigset_t mask, none;

	begin(0);
	sigaction(SIGALRM, &action, NULL);
	events_within("a moment", 20);
	setitimer(ITIMER_REAL, &soon, NULL);
	events_within("interrupted", -1);
	sigemptyset(&none);
	sigemptyset(&mask);
	sigaddset(&mask, SIGALRM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGALRM);
	events("blocked");
	result("masked, at once", epoll_pwait(set, &event, 1, 0, &none));
	raise(SIGALRM);
	result("masked", epoll_pwait(set, &event, 1, -1, &none));
	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("blocked again %d\n", sigismember(&mask, SIGALRM));
	result("a moment", syscall(SYS_epoll_pwait2, set, &event, 1, &moment, NULL, 8));
	result("bad time", syscall(SYS_epoll_pwait2, set, &event, 1, &bad, NULL, 8));
	finish();
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	refused();
	levels();
	edges();
	single_shots();
	closed();
	of_event_files();
	sets_in_sets();
	waits();
	return 0;
}
