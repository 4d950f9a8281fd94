/* SPDX-License-Identifier: BSD-3-Clause */
/* hello that stays until its input ends. */
#include <stdio.h>

int main(void)
{
	printf("Hello world!\n");
	fflush(stdout);
	getchar();
	return 0;
}
