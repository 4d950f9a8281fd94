/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nanoseconds of mixes of system calls, each measured separately. Prints lines of a name, a tab and
 * the median of several rounds. A round takes about ROUND_NS on every system.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS	 11
#define ROUND_NS 4e6

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

static double repeat(void (*mix)(void), long count)
{
	double start = now();

	for (long i = 0; i < count; i++)
		mix();
	return now() - start;
}

static void measure(const char *name, void (*mix)(void))
{
	double rounds[ROUNDS];
	long count = 4;

	/* This warms up too. */
	while (repeat(mix, count) < ROUND_NS / 2)
		count *= 2;
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = repeat(mix, count) / (double)count;
	qsort(rounds, ROUNDS, sizeof(*rounds), compare);
	printf("%s\t%.2f\n", name, rounds[ROUNDS / 2]);
}

#endif
