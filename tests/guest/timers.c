/* Timers interrupt whatever the program does; the same on Linux. Input must be a pipe
 * that stays open and silent. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks, last_code, last_value;

static void tick(int signal, siginfo_t *information, void *context)
{
	volatile double spoil = 3.5;

	for (int i = 0; i < 20; i++)
		spoil = spoil * 1.5 + i; /* the interrupted code must not notice it */
	ticks++;
	last_code = information->si_code;
	last_value = information->si_value.sival_int;
}

static void install(int signal, int flags)
{
	struct sigaction action = {.sa_sigaction = tick, .sa_flags = SA_SIGINFO | flags};

	sigaction(signal, &action, NULL);
	ticks = 0;
}

static void start(int which, long value_us, long interval_us)
{
	const struct itimerval timer = {
		.it_value = {value_us / 1000000, value_us % 1000000},
		.it_interval = {interval_us / 1000000, interval_us % 1000000},
	};

	if (setitimer(which, &timer, NULL))
		printf("setitimer: %s\n", errno_text());
}

static void show(const char *what, long result)
{
	printf("%s %ld%s%s, ticks %d\n", what, result, result < 0 ? " " : "",
	       result < 0 ? errno_text() : "", ticks);
}

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* The red zone, general and vector registers, flags across interruptions: 1 if all are intact. */
static int compute(long rounds)
{
	uint64_t sum = 0, expected = (uint64_t)rounds * (rounds - 1) / 2, zone;
	double x = 0;

	__asm__ volatile("movq $0x1234567, -8(%%rsp)\n"
			 "movq $0x7654321, -120(%%rsp)\n"
			 "pxor %%xmm5, %%xmm5\n"
			 "xorl %%r8d, %%r8d\n"
			 "xorl %%r11d, %%r11d\n"
			 "xorl %%ecx, %%ecx\n"
			 "1: addq %%rcx, %%r8\n"
			 "addsd %3, %%xmm5\n"
			 "incq %%rcx\n"
			 "addq $3, %%r11\n"
			 "cmpq %4, %%rcx\n"
			 "jb 1b\n"
			 "movq %%r8, %0\n"
			 "movsd %%xmm5, %1\n"
			 "movq -8(%%rsp), %2\n"
			 "xorq -120(%%rsp), %2\n"
			 : "=&r"(sum), "=&x"(x), "=&r"(zone)
			 : "x"(1.0), "r"(rounds)
			 : "rcx", "r8", "r11", "xmm5", "memory", "cc");
	return sum == expected && x == (double)rounds && zone == (0x1234567 ^ 0x7654321);
}

static void interrupted_computation(void)
{
	double end = now(CLOCK_MONOTONIC) + 10;
	int whole = 1;

	install(SIGALRM, 0);
	start(ITIMER_REAL, 1000, 1000);
	while (ticks < 50 && now(CLOCK_MONOTONIC) < end)
		whole &= compute(20000);
	start(ITIMER_REAL, 0, 0);
	printf("computation: enough %d, whole %d, code %d\n", ticks >= 50, whole, last_code);
}

/* Calls at patched sites, faults of fresh pages, and nothing lost. */
static void interrupted_calls(void)
{
	double end = now(CLOCK_MONOTONIC) + 10;
	long wrong = 0;
	pid_t self = getpid();

	install(SIGALRM, SA_RESTART);
	start(ITIMER_REAL, 100, 100);
	while (ticks < 200 && now(CLOCK_MONOTONIC) < end) {
		char *memory = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; i < 4; i++)
			wrong += memory[i * 4096]++ != 0;
		wrong += munmap(memory, 4 * 4096) != 0;
		for (int i = 0; i < 100; i++)
			wrong += syscall(SYS_getpid) != self;
	}
	start(ITIMER_REAL, 0, 0);
	printf("calls: enough %d, wrong %ld\n", ticks >= 200, wrong);
}

static void waits(void)
{
	struct timespec second = {5, 0}, left = {0, 0};
	struct pollfd input = {.fd = 0, .events = POLLIN};
	sigset_t none, alarms;
	int word = 0;
	char byte;

	sigemptyset(&none);
	sigemptyset(&alarms);
	sigaddset(&alarms, SIGALRM);
	install(SIGALRM, 0);
	start(ITIMER_REAL, 20000, 0);
	show("pause", pause());
	start(ITIMER_REAL, 20000, 0);
	show("nanosleep", nanosleep(&second, &left));
	printf("left %d\n", left.tv_sec == 4 && left.tv_nsec > 0);
	start(ITIMER_REAL, 20000, 0);
	show("poll", poll(&input, 1, 5000));
	start(ITIMER_REAL, 20000, 0);
	show("futex", syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 0, &second, NULL, 0));
	start(ITIMER_REAL, 20000, 0);
	show("read", read(0, &byte, 1));
	sigprocmask(SIG_BLOCK, &alarms, NULL);
	start(ITIMER_REAL, 20000, 0);
	show("sigsuspend", sigsuspend(&none));
	start(ITIMER_REAL, 20000, 0);
	show("sigtimedwait", sigtimedwait(&alarms, NULL, &second));
	start(ITIMER_REAL, 1000, 0);
	compute(10000000);
	sigprocmask(SIG_UNBLOCK, &alarms, NULL);
	printf("unblocked, ticks %d\n", ticks);
	/* Sleeping is not restarted. */
	install(SIGALRM, SA_RESTART);
	start(ITIMER_REAL, 5000, 0);
	show("restarted", nanosleep(&second, NULL));
	signal(SIGALRM, SIG_IGN);
	start(ITIMER_REAL, 5000, 5000);
	second = (struct timespec){.tv_nsec = 30000000};
	show("ignored", nanosleep(&second, NULL));
	start(ITIMER_REAL, 0, 0);
}

static void values(void)
{
	struct itimerval value, bad = {.it_value = {.tv_usec = 1000000}};

	install(SIGALRM, 0);
	printf("alarm %u", alarm(100));
	printf(" %u", alarm(7)); /* in the same second */
	getitimer(ITIMER_REAL, &value);
	printf(", left %d %ld", value.it_value.tv_sec == 6, value.it_interval.tv_sec);
	printf(", stopped %u", alarm(0));
	printf(" %u\n", alarm(0));
	show("bad", setitimer(ITIMER_REAL, &bad, NULL));
	show("which", setitimer(3, &value, NULL));
	show("where", syscall(SYS_getitimer, ITIMER_REAL, 8));
	start(ITIMER_REAL, 900000000, 500000);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, &value);
	printf("old %ld %ld", value.it_value.tv_sec, value.it_interval.tv_usec);
	getitimer(ITIMER_REAL, &value);
	printf(", none %ld %ld\n", value.it_value.tv_sec + value.it_value.tv_usec,
	       value.it_interval.tv_usec);
	printf("ticks %d\n", ticks);
}

/* Processor time: advances while the program runs, not while it sleeps. */
static void processor_time(void)
{
	struct timespec pause = {.tv_nsec = 200000000};
	double start_time, end = now(CLOCK_MONOTONIC) + 20;
	struct rusage usage;

	start_time = now(CLOCK_PROCESS_CPUTIME_ID);
	nanosleep(&pause, NULL);
	printf("asleep %d", now(CLOCK_PROCESS_CPUTIME_ID) - start_time < 0.1);
	getrusage(RUSAGE_SELF, &usage);
	install(SIGPROF, SA_RESTART);
	start(ITIMER_PROF, 100000, 0);
	nanosleep(&pause, NULL);
	printf(" %d", ticks);
	while (!ticks && now(CLOCK_MONOTONIC) < end)
		compute(10000);
	printf(", profiled %d", ticks);
	install(SIGVTALRM, SA_RESTART);
	start(ITIMER_VIRTUAL, 20000, 20000);
	while (ticks < 3 && now(CLOCK_MONOTONIC) < end)
		compute(10000);
	start(ITIMER_VIRTUAL, 0, 0);
	printf(", virtual %d\n", ticks >= 3);
}

static void posix_timers(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	struct itimerspec value = {.it_value = {.tv_nsec = 10000000}};
	struct timespec pause = {.tv_nsec = 100000000};
	timer_t first, second;
	sigset_t set;
	int signals = 0;
	siginfo_t information;

	install(SIGRTMIN, 0);
	event.sigev_value.sival_int = 42;
	printf("create %d", timer_create(CLOCK_MONOTONIC, &event, &first));
	event.sigev_value.sival_int = 43;
	printf(" %d\n", timer_create(CLOCK_REALTIME, &event, &second));
	printf("settime %d", timer_settime(first, 0, &value, NULL));
	while (!ticks)
		compute(1000);
	printf(", code %d, value %d, ticks %d\n", last_code, last_value, ticks);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	value.it_interval.tv_nsec = 1000000;
	timer_settime(first, 0, &value, NULL);
	clock_gettime(CLOCK_REALTIME, &value.it_value);
	value.it_interval.tv_nsec = 0;
	printf("past %d\n", timer_settime(second, TIMER_ABSTIME, &value, NULL));
	nanosleep(&pause, NULL);
	while (sigtimedwait(&set, &information, &(struct timespec){0}) > 0 && signals++ < 2)
		printf("value %d, overrun %d\n", information.si_value.sival_int,
		       information.si_value.sival_int == 43 ? information.si_overrun
							    : information.si_overrun > 20);
	timer_gettime(first, &value);
	printf("runs %d %ld", value.it_value.tv_nsec > 0 && value.it_value.tv_nsec <= 1000000,
	       value.it_interval.tv_nsec);
	timer_gettime(second, &value);
	printf(", ended %ld %ld\n", value.it_value.tv_sec, value.it_value.tv_nsec);
	printf("delete %d", timer_delete(first));
	printf(" %d", timer_delete(second));
	printf("\n");
	show("again", syscall(SYS_timer_delete, 77));
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	event.sigev_notify = SIGEV_NONE;
	timer_create(CLOCK_BOOTTIME, &event, &first);
	value = (struct itimerspec){.it_value = {.tv_sec = 100}};
	timer_settime(first, 0, &value, NULL);
	timer_gettime(first, &value);
	printf("silent %d, overrun %d\n", value.it_value.tv_sec == 99, timer_getoverrun(first));
	timer_delete(first);
	event.sigev_notify = 77;
	show("bad notify", timer_create(CLOCK_MONOTONIC, &event, &first));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = 65;
	show("signal", timer_create(CLOCK_MONOTONIC, &event, &first));
	show("clock", timer_create(77, NULL, &first));
	show("raw clock", timer_create(CLOCK_MONOTONIC_RAW, NULL, &first));
}

static void queued_signals(void)
{
	sigset_t set;
	siginfo_t information;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGRTMIN + 2);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 3; i++) {
		sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = i});
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 10 + i});
		sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 20 + i});
	}
	while (sigtimedwait(&set, &information, &(struct timespec){0}) > 0)
		printf("%d: %d\n", information.si_signo, information.si_value.sival_int);
}

/* Timers that expire while the kernel waits, for an output's completion or a sleep's end: the
 * computation that follows makes no calls. */
static void expired_in_kernel(void)
{
	int lost = 0;

	install(SIGALRM, SA_RESTART);
	for (int i = 0; i < 300 && !lost; i++) {
		const struct timespec pause = {.tv_nsec = 1000 * (i % 100)};
		double end = now(CLOCK_MONOTONIC) + 10;
		int before = ticks;

		start(ITIMER_REAL, 1 + i % 100, 0);
		if (i < 200)
			write(1, ".", 1);
		else
			nanosleep(&pause, NULL);
		while (ticks == before && !lost) {
			compute(1000);
			lost = now(CLOCK_MONOTONIC) > end;
		}
	}
	printf("\nexpired in the kernel: lost %d\n", lost);
}

/* As many interruptions as possible; the program still makes progress, which it does not on
 * Linux. */
static void storm(void)
{
	double end = now(CLOCK_MONOTONIC) + 1;
	long wrong = 0, rounds = 0;

	install(SIGALRM, SA_RESTART);
	start(ITIMER_REAL, 1, 1);
	while (now(CLOCK_MONOTONIC) < end) {
		wrong += syscall(SYS_getppid) != 0 && getppid() != syscall(SYS_getppid);
		wrong += !compute(100);
		rounds++;
	}
	start(ITIMER_REAL, 0, 0);
	printf("storm: many %d, rounds %d, wrong %ld\n", ticks > 100, rounds > 100, wrong);
}

/* Unread output. */
static void full_pipe(void)
{
	static char block[1 << 20];
	long first, second;

	install(SIGALRM, 0);
	start(ITIMER_REAL, 100000, 100000);
	first = write(1, block, sizeof(block));
	second = write(1, block, sizeof(block));
	start(ITIMER_REAL, 0, 0);
	fprintf(stderr, "wrote %ld, then %ld %s\n", first, second, errno_text());
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "end") == 0) {
		alarm(1);
		for (;;)
			compute(1000);
	}
	if (argc > 1) {
		(strcmp(argv[1], "write") == 0 ? full_pipe : storm)();
		return 0;
	}
	setvbuf(stdout, NULL, _IONBF, 0);
	interrupted_computation();
	interrupted_calls();
	waits();
	values();
	processor_time();
	posix_timers();
	queued_signals();
	expired_in_kernel();
	return 0;
}
