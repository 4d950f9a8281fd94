/* One unhandled fault, selected by the argument. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static int recursion(volatile int depth)
{
	volatile char block[4096];

	block[0] = (char)depth;
	return recursion(depth + 1) + block[0];
}

__attribute__((noinline)) void the_function_that_faults(const char *what)
{
	volatile int zero = 0;

	if (strcmp(what, "null") == 0)
		*(volatile int *)0 = 1;
	if (strcmp(what, "illegal") == 0)
		__asm__ volatile("ud2");
	if (strcmp(what, "division") == 0)
		__asm__ volatile("xorl %%edx, %%edx; idivl %1" : : "a"(1), "r"(zero) : "edx");
	if (strcmp(what, "stack") == 0)
		zero = recursion(0);
	if (strcmp(what, "abort") == 0)
		abort();
	if (strcmp(what, "terminate") == 0)
		raise(SIGTERM);
	if (strcmp(what, "kill") == 0)
		raise(SIGKILL);
	if (strcmp(what, "constant") == 0)
		*(volatile char *)"constant" = 1;
	if (strcmp(what, "execute-data") == 0)
		((void (*)(void))(void *)&zero)();
	if (strcmp(what, "blocked") == 0) {
		sigset_t set;

		sigfillset(&set);
		sigprocmask(SIG_SETMASK, &set, NULL);
		*(volatile int *)0 = 1;
	}
}

int main(int argc, char **argv)
{
	puts("before");
	fflush(stdout);
	the_function_that_faults(argv[1]);
	puts("after");
	return 5;
}
