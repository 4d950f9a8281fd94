/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes lines to stdout and stderr in turns. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char line[64];

	for (int number = 0; number < 200; number++) {
		int stream = 1 + number % 2;

		snprintf(line, sizeof(line), "line %d of %d\n", number, stream);
		if (write(stream, line, strlen(line)) < 0)
			return 1;
	}
	return 0;
}
