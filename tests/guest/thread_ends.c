/* SPDX-License-Identifier: BSD-3-Clause */
/* How a program with threads ends: argv[1] selects the way. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *way;
static volatile int *volatile nowhere;

static void *act(void *argument)
{
	if (!strcmp(way, "exit-group"))
		exit(7);
	if (!strcmp(way, "fault"))
		*nowhere = 1;
	if (!strcmp(way, "signal"))
		kill(getpid(), SIGTERM);
	if (!strcmp(way, "last")) {
		usleep(10000);
		puts("last");
		fflush(stdout);
		syscall(SYS_exit, 5);
	}
	return NULL;
}

static void *compute(void *argument)
{
	for (volatile long i = 0;; i++)
		;
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread, other;

	way = argc > 1 ? argv[1] : "";
	if (strcmp(way, "last"))
		pthread_create(&other, NULL, compute, NULL);
	pthread_create(&thread, NULL, act, NULL);
	if (!strcmp(way, "last"))
		syscall(SYS_exit, 9);
	for (;;)
		pause();
}
