/*
 * TSC ticks of a loop around each system call; under -icount these are guest instructions.
 * null_calls [COUNT]: with a small COUNT all records of a trace fit into the ring buffer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

static int calls = 10000;

static double measure(long number, long a, long b, long c)
{
	unsigned long start = 0;

	/* The first round warms up. */
	for (int round = 0; round < 2; round++) {
		start = __rdtsc();
		/* Ten per iteration, so that the code of the loop itself does not matter. */
		for (int i = 0; i < calls; i += 10)
			__asm__ volatile(".rept 10\n\tmov %0, %%rax\n\tsyscall\n\t.endr"
					 :
					 : "r"(number), "D"(a), "S"(b), "d"(c)
					 : "rax", "rcx", "r11", "memory");
	}
	return (double)(__rdtsc() - start) / calls;
}

int main(int argc, char **argv)
{
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	struct timespec time;
	char byte = 0;

	if (argc > 1)
		calls = atoi(argv[1]);
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
