/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nanoseconds of a write to a pipe and the read that empties it, by size: lines of a name, a tab
 * and the median of several rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS	 11
#define ROUND_NS 20e6

static char block[65536];
static int ends[2];

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time); /* the vDSO's */
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double round_trips(size_t size, long count)
{
	double start = now();

	for (long i = 0; i < count; i++) {
		if (write(ends[1], block, size) != (ssize_t)size ||
		    read(ends[0], block, size) != (ssize_t)size)
			exit(1);
	}
	return now() - start;
}

static void measure(const char *name, size_t size)
{
	double rounds[ROUNDS];
	long count = 4;

	/* This warms up too. */
	while (round_trips(size, count) < ROUND_NS / 2)
		count *= 2;
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = round_trips(size, count) / (double)count;
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	printf("%s\t%.2f\n", name, rounds[ROUNDS / 2]);
}

int main(void)
{
	if (pipe(ends))
		return 1;
	measure("1 B", 1);
	measure("4 KiB", 4096);
	measure("64 KiB", sizeof(block));
	return 0;
}
