/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nanoseconds of system calls that may be traced: a series whose records fit into the ring
 * buffer, then a pause in which the host reads them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 21
#define CALLS  1000

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, long number, long a, long b, long c)
{
	const struct timespec pause = {0, 70000000}; /* the host looks every 50 ms */
	double rounds[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		double start = now();

		for (int i = 0; i < CALLS; i++)
			__asm__ volatile("mov %0, %%rax\n\tsyscall"
					 :
					 : "r"(number), "D"(a), "S"(b), "d"(c)
					 : "rax", "rcx", "r11", "memory");
		rounds[round] = (now() - start) / CALLS;
		nanosleep(&pause, NULL);
	}
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	printf("%s\t%.2f\n", name, rounds[ROUNDS / 2]);
}

int main(void)
{
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	struct timespec time;
	char byte = 0;

	measure("getppid", SYS_getppid, 0, 0, 0);
	measure("clock_gettime", SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0);
	measure("read of 1 byte from /dev/zero", SYS_read, zero, (long)&byte, 1);
	measure("write of 1 byte to /dev/null", SYS_write, null, (long)&byte, 1);
	return 0;
}
