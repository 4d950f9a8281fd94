/* SPDX-License-Identifier: BSD-3-Clause */
/* Prints the greeting, then waits for the end of its input. */
#include <stdio.h>

int main(void)
{
	printf("Hello world!\n");
	fflush(stdout);
	getchar();
	return 0;
}
