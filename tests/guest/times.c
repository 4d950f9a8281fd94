/* Clocks advance, sleeps last as long as they should. */
#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(void)
{
	struct timespec pause = {.tv_nsec = 50000000}, bad = {.tv_nsec = 2000000000}, deadline;
	double start = now(CLOCK_MONOTONIC), previous = start, slept;
	struct timeval day;

	for (int i = 0; i < 10000; i++) {
		double next = now(CLOCK_MONOTONIC);

		if (next < previous)
			return 1;
		previous = next;
	}
	start = now(CLOCK_MONOTONIC);
	nanosleep(&pause, NULL);
	slept = now(CLOCK_MONOTONIC) - start;
	printf("slept at least: %d, not for ever: %d\n", slept >= 0.05, slept < 5);
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec++;
	start = now(CLOCK_MONOTONIC);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, NULL);
	slept = now(CLOCK_MONOTONIC) - start;
	printf("until a moment: %d\n", slept > 0.99 && slept < 6);
	printf("bad time: %d\n", nanosleep(&bad, NULL) == -1 && errno == EINVAL);
	gettimeofday(&day, NULL);
	printf("day agrees: %d, time agrees: %d\n", day.tv_sec - (long)now(CLOCK_REALTIME) <= 1,
	       time(NULL) - day.tv_sec <= 1);
	/* 2024 or later: the machine knows the date. */
	printf("this century: %d\n", time(NULL) > 1704067200);
	return 0;
}
