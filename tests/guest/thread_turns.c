/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that only compute: each gets its share of the processor and keeps its registers. A busy
 * host can hold back single threads for a while, so the program runs until the shares are fair; it
 * does not end where a thread starves. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SPINNERS 3
#define KEEPERS	 3

static atomic_long turns[SPINNERS];
static atomic_int is_over;

static void *spin(void *argument)
{
	atomic_long *count = argument;

	while (!is_over)
		++*count;
	return NULL;
}

static uint32_t read_control(void)
{
	uint32_t control;

	__asm__ volatile("stmxcsr %0" : "=m"(control));
	return control;
}

/* Values in registers of each kind, which no other thread may change: general, SSE with its
 * rounding mode, x87. Returns the number of wrong values. */
static void *keep(void *argument)
{
	long self = (long)argument, wrong = 0;
	uint32_t control = 0x1f80 | (uint32_t)self << 13; /* Intel SDM vol. 1, figure 10-3 */
	double expected = (double)self * 1.5 + 0.25;
	long double third = 1.0L / 3;

	__asm__ volatile("ldmxcsr %0" : : "m"(control));
	while (!is_over) {
		double first = expected, last = -expected;
		uint64_t general = 0x1234567890abcdefUL * (uint64_t)(self + 1);
		long double extended = 1.0L / 3;

		for (int i = 0; i < 10000; i++)
			__asm__ volatile(""
					 : "+x"(first), "+x"(last), "+r"(general), "+t"(extended));
		wrong += first != expected || last != -expected ||
			 (read_control() & ~0x3fu) != control ||
			 general != 0x1234567890abcdefUL * (uint64_t)(self + 1) ||
			 extended != third;
	}
	return (void *)wrong;
}

int main(void)
{
	pthread_t spinners[SPINNERS], keepers[KEEPERS];
	long wrong = 0, least, most;

	for (long i = 0; i < SPINNERS; i++)
		pthread_create(&spinners[i], NULL, spin, &turns[i]);
	for (long i = 0; i < KEEPERS; i++)
		pthread_create(&keepers[i], NULL, keep, (void *)i);
	do {
		usleep(200000);
		least = most = turns[0];
		for (int i = 1; i < SPINNERS; i++) {
			long count = turns[i];

			least = count < least ? count : least;
			most = count > most ? count : most;
		}
	} while (most / 20 >= least);
	is_over = 1;
	for (int i = 0; i < SPINNERS; i++)
		pthread_join(spinners[i], NULL);
	for (int i = 0; i < KEEPERS; i++) {
		void *result;

		pthread_join(keepers[i], &result);
		wrong += (long)result;
	}
	printf("turns are fair; registers wrong: %ld\n", wrong);
	return 0;
}
