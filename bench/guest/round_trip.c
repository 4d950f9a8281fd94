/* Microseconds of the system calls getppid and getuid, the second of which has no handler. */
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CALLS 2000

static double measure(long number)
{
	struct timespec start, end;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < CALLS; i++)
		syscall(number);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - start.tv_sec) * 1e6 +
		(double)(end.tv_nsec - start.tv_nsec) / 1e3) /
	       CALLS;
}

int main(void)
{
	for (int round = 0; round < 5; round++)
		printf("%.2f %.3f\n", measure(SYS_getppid), measure(SYS_getuid));
	return 0;
}
