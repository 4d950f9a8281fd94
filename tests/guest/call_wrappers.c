/* Numbers that reach `syscall` through another function: libc's, our own, a choice, a table. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static __attribute__((noinline)) long own_call(long number, long argument)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(argument)
			 : "rcx", "r11", "memory");
	return result;
}

int main(int argc, char **argv)
{
	long known = syscall(SYS_getppid) + own_call(SYS_umask, 022);

	known += own_call(argc > 1 ? SYS_geteuid : SYS_getpgid, 0);
	if (argc > 2)
		known += syscall(atol(argv[2]));
	return known < 0;
}
