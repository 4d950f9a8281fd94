/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

int main(void)
{
	printf("Hello, world!\n");
	return 0;
}
