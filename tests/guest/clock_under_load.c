/* Answers each line of stdin with the clock, while threads compute and short timers expire. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long work;

static void *compute(void *unused)
{
	for (;;)
		work++;
	return NULL;
}

static void *sleep_often(void *unused)
{
	const struct timespec millisecond = {0, 1000000};

	for (;;)
		nanosleep(&millisecond, NULL);
	return NULL;
}

static void note(int signal)
{
	work++;
}

static void start(void *(*function)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, function, NULL))
		exit(1);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
	const struct itimerspec millisecond = {{0, 1000000}, {0, 1000000}};
	timer_t timer;
	char line[16];

	sigaction(SIGUSR1, &action, NULL);
	if (argc > 1) {
		if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
		    timer_settime(timer, 0, &millisecond, NULL))
			return 1;
		start(compute);
		start(compute);
		start(sleep_often);
		start(sleep_often);
	}
	while (fgets(line, sizeof(line), stdin)) {
		struct timespec fast, slow;

		clock_gettime(CLOCK_MONOTONIC, &fast);
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &slow);
		printf("%lld %lld\n", fast.tv_sec * 1000000000LL + fast.tv_nsec,
		       slow.tv_sec * 1000000000LL + slow.tv_nsec);
		fflush(stdout);
	}
	return 0;
}
