/* Takes many signals one after the other: more than the ring of a trace has room for. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile long taken;

static void count(int signal)
{
	taken++;
}

int main(int argc, char **argv)
{
	long signals = argc > 1 ? atol(argv[1]) : 20000;

	signal(SIGUSR1, count);
	for (long i = 0; i < signals; i++)
		raise(SIGUSR1);
	printf("%ld\n", taken);
	return 0;
}
