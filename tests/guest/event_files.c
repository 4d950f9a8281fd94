/* eventfd(2), timerfd_create(2), signalfd(2), and select(2) on them; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static void state(const char *what, int fd)
{
	struct pollfd poll_fd = {fd, POLLIN | POLLOUT | POLLRDNORM, 0};
	int ready = poll(&poll_fd, 1, 0);

	printf("%s: poll %d %#x\n", what, ready, poll_fd.revents);
}

static void put(const char *what, int fd, uint64_t value)
{
	result(what, write(fd, &value, sizeof(value)));
}

static void get(const char *what, int fd)
{
	uint64_t value = 0;
	ssize_t length = read(fd, &value, sizeof(value));

	printf("%s: %zd %s, %llu\n", what, length, length < 0 ? errno_text() : "",
	       (unsigned long long)value);
}

static void about(int fd)
{
	struct stat status;

	fstat(fd, &status);
	printf("flags %#x, descriptor flags %d, mode %o\n", fcntl(fd, F_GETFL), fcntl(fd, F_GETFD),
	       status.st_mode);
}

static void on_signal(int signal)
{
}

static void soon(long microseconds)
{
	struct itimerval timer = {.it_value.tv_usec = microseconds};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void counters(void)
{
	char small[4];
	int fd = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);

	about(fd);
	state("at start", fd);
	get("read", fd);
	state("empty", fd);
	get("read nothing", fd);
	put("write", fd, 5);
	put("write", fd, 7);
	get("read", fd);
	put("write all", fd, UINT64_MAX - 1);
	state("full", fd);
	put("write one more", fd, 1);
	put("write nothing", fd, 0);
	get("read", fd);
	put("write too much", fd, UINT64_MAX);
	result("read little", read(fd, small, 4));
	result("write little", write(fd, small, 4));
	result("wild write", write(fd, (void *)8, 8));
	result("seek", lseek(fd, 5, SEEK_SET));
	result("pread", pread(fd, small, 4, 0));
	close(fd);
	fd = eventfd(2, EFD_SEMAPHORE);
	about(fd);
	get("one", fd);
	get("and one", fd);
	soon(20000);
	get("interrupted", fd);
	put("fill", fd, UINT64_MAX - 1);
	soon(20000);
	put("interrupted", fd, 1);
	close(fd);
	result("flags", eventfd(0, 2));
}

static void tell_timer(const char *what, int fd)
{
	struct itimerspec spec;

	result(what, timerfd_gettime(fd, &spec));
	printf("runs %d, interval %ld.%09ld\n", spec.it_value.tv_sec || spec.it_value.tv_nsec,
	       (long)spec.it_interval.tv_sec, spec.it_interval.tv_nsec);
}

static void timers(void)
{
	struct itimerspec once = {.it_value.tv_nsec = 20000000},
			  stopped = {.it_interval.tv_sec = 3};
	struct itimerspec often = {.it_value.tv_nsec = 1, .it_interval.tv_nsec = 10000000};
	struct itimerspec bad = {.it_value.tv_nsec = 1000000000}, long_ago = {.it_value.tv_sec = 1};
	struct itimerspec later = {.it_value.tv_sec = 100, .it_interval.tv_sec = 7}, old;
	struct timespec moment = {.tv_nsec = 35000000};
	struct pollfd ready;
	uint64_t count = 0;
	char small[4];
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	about(fd);
	get("not set", fd);
	tell_timer("not set", fd);
	result("set", timerfd_settime(fd, 0, &once, NULL));
	tell_timer("set", fd);
	state("not yet", fd);
	ready = (struct pollfd){fd, POLLIN, 0};
	result("wait", poll(&ready, 1, 5000));
	get("once", fd);
	get("no more", fd);
	tell_timer("over", fd);
	result("often", timerfd_settime(fd, 0, &often, NULL));
	nanosleep(&moment, NULL);
	result("read", read(fd, &count, sizeof(count)));
	printf("at least three times: %d\n", count >= 3);
	tell_timer("often", fd);
	result("later", timerfd_settime(fd, 0, &later, &old));
	printf("interval before %ld\n", old.it_interval.tv_nsec);
	get("new setting", fd);
	result("again", timerfd_settime(fd, 0, &stopped, &old));
	printf("about %ld s before\n", (long)old.it_value.tv_sec);
	tell_timer("stopped", fd);
	result("long ago", timerfd_settime(fd, TFD_TIMER_ABSTIME, &long_ago, NULL));
	result("wait", poll(&ready, 1, 5000));
	get("long ago", fd);
	result("bad time", timerfd_settime(fd, 0, &bad, NULL));
	result("bad flags", timerfd_settime(fd, 4, &once, NULL));
	result("no timer", timerfd_settime(0, 0, &once, NULL));
	result("no timer", timerfd_gettime(0, &old));
	result("no descriptor", timerfd_gettime(99, &old));
	result("wild", syscall(SYS_timerfd_settime, fd, 0, 8, NULL));
	result("wild", syscall(SYS_timerfd_gettime, fd, 8));
	result("read little", read(fd, small, 4));
	result("write", write(fd, small, 4));
	result("clock", timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	result("flags", timerfd_create(CLOCK_MONOTONIC, 1));
	close(fd);
	fd = timerfd_create(CLOCK_REALTIME, 0);
	result("set", timerfd_settime(fd, 0, &once, NULL));
	get("waits", fd);
	soon(20000);
	get("interrupted", fd);
	close(fd);
}

static void tell_signals(const char *what, int fd)
{
	struct signalfd_siginfo told[4];
	ssize_t length = read(fd, told, sizeof(told));

	printf("%s: %zd %s\n", what, length, length < 0 ? errno_text() : "");
	for (ssize_t i = 0; i < length / (ssize_t)sizeof(*told); i++)
		printf("  %u code %d from itself %d, %u, %d\n", told[i].ssi_signo, told[i].ssi_code,
		       told[i].ssi_pid == (uint32_t)getpid(), told[i].ssi_uid, told[i].ssi_int);
}

static void signals(void)
{
	sigset_t set, other;
	union sigval value = {.sival_int = 42};
	char small[100];
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGKILL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	about(fd);
	tell_signals("none", fd);
	state("none", fd);
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN + 1, value);
	state("some", fd);
	tell_signals("all", fd);
	raise(SIGUSR1);
	result("read little", read(fd, small, sizeof(small)));
	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	result("change", signalfd(fd, &other, 0) == fd);
	tell_signals("of another set", fd);
	result("change back", signalfd(fd, &set, 0) == fd);
	tell_signals("of the set", fd);
	result("not one", signalfd(0, &set, 0));
	result("no descriptor", signalfd(99, &set, 0));
	result("flags", signalfd(-1, &set, 1));
	result("size", syscall(SYS_signalfd4, -1, &set, 4, 0));
	result("wild", syscall(SYS_signalfd4, -1, 8, 8, 0));
	fcntl(fd, F_SETFL, 0);
	soon(20000);
	tell_signals("interrupted", fd);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signalfd(fd, &set, 0);
	soon(20000);
	tell_signals("a timer's", fd);
	close(fd);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void show(const char *what, int ready, fd_set *in, fd_set *out, fd_set *except, int count)
{
	printf("%s: %d %s,", what, ready, ready < 0 ? errno_text() : "");
	for (int fd = 0; fd < count; fd++)
		printf(" %d%d%d", in && FD_ISSET(fd, in), out && FD_ISSET(fd, out),
		       except && FD_ISSET(fd, except));
	printf("\n");
}

static void selections(void)
{
	int ends[2], event = eventfd(0, 0), count;
	struct timeval none = {0}, moment = {.tv_usec = 20000}, long_time = {.tv_sec = 50};
	struct timeval odd = {.tv_usec = 1020000}, bad = {.tv_sec = -1};
	struct timespec precise = {.tv_sec = 50};
	fd_set in, out, except;
	sigset_t mask;

	pipe(ends);
	count = ends[1] + 1;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(ends[0], &in);
	FD_SET(event, &in);
	FD_SET(ends[1], &out);
	FD_SET(event, &out);
	FD_SET(ends[0], &except);
	show("writers", select(count, &in, &out, &except, &none), &in, &out, &except, count);
	FD_SET(ends[0], &in);
	show("nothing", select(count, &in, NULL, NULL, &moment), &in, NULL, NULL, count);
	printf("no time left %d\n", !moment.tv_sec && !moment.tv_usec);
	write(ends[1], "x", 1);
	FD_SET(ends[0], &in);
	show("a reader", select(count, &in, NULL, NULL, &long_time), &in, NULL, NULL, count);
	printf("time left %d\n", long_time.tv_sec == 49);
	FD_ZERO(&in);
	FD_SET(ends[0], &in);
	show("behind the end", select(ends[0], &in, NULL, NULL, &none), &in, NULL, NULL, count);
	show("odd time", select(0, NULL, NULL, NULL, &odd), NULL, NULL, NULL, 0);
	show("bad time", select(0, NULL, NULL, NULL, &bad), NULL, NULL, NULL, 0);
	result("bad count", select(-1, NULL, NULL, NULL, &none));
	result("wild", syscall(SYS_select, 1, 8, NULL, NULL, &none));
	FD_ZERO(&in);
	FD_SET(60, &in);
	result("closed", select(61, &in, NULL, NULL, &none));
	close(ends[1]);
	read(ends[0], &none, 1);
	FD_ZERO(&in);
	FD_SET(ends[0], &in);
	show("hung up", select(count, &in, NULL, NULL, NULL), &in, NULL, NULL, count);
	soon(20000);
	show("interrupted", select(0, NULL, NULL, NULL, NULL), NULL, NULL, NULL, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGALRM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	raise(SIGALRM);
	sigemptyset(&mask);
	show("masked", pselect(0, NULL, NULL, NULL, &precise, &mask), NULL, NULL, NULL, 0);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("blocked again %d\n", sigismember(&mask, SIGALRM));
	result("mask size",
	       syscall(SYS_pselect6, 0, NULL, NULL, NULL, &precise, (void *[]){&mask, (void *)4}));
	sigemptyset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(ends[0]);
	close(event);
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGALRM, &action, NULL);
	counters();
	timers();
	signals();
	selections();
	return 0;
}
