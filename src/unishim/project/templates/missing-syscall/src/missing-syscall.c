/* SPDX-License-Identifier: BSD-3-Clause */
/* Asks the kernel which processor it runs on. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>

int main(void)
{
	/* Flush each line, even into a pipe, to keep it in order with the kernel's output. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("Here we are in the binary, calling getcpu\n");
	printf("Getcpu returned: %d\n", sched_getcpu());
	return 0;
}
