/* TSC ticks of a loop around each system call; under -icount these are guest instructions. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define CALLS 10000

static double measure(long number, long a, long b, long c)
{
	unsigned long start = 0;

	/* The first round warms up. */
	for (int round = 0; round < 2; round++) {
		start = __rdtsc();
		for (int i = 0; i < CALLS; i++) {
			long result;

			__asm__ volatile("syscall"
					 : "=a"(result)
					 : "0"(number), "D"(a), "S"(b), "d"(c)
					 : "rcx", "r11", "memory");
		}
	}
	return (double)(__rdtsc() - start) / CALLS;
}

int main(void)
{
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	struct timespec time;
	char byte = 0;

	printf("getppid %.1f\n", measure(SYS_getppid, 0, 0, 0));
	printf("unknown %.1f\n", measure(1000, 0, 0, 0));
	printf("clock_gettime %.1f\n", measure(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0));
	printf("sched_yield %.1f\n", measure(SYS_sched_yield, 0, 0, 0));
	printf("write of 0 bytes %.1f\n", measure(SYS_write, 1, (long)&byte, 0));
	printf("lseek %.1f\n", measure(SYS_lseek, zero, 0, SEEK_CUR));
	printf("read of 1 byte from /dev/zero %.1f\n", measure(SYS_read, zero, (long)&byte, 1));
	printf("write of 1 byte to /dev/null %.1f\n", measure(SYS_write, null, (long)&byte, 1));
	return 0;
}
