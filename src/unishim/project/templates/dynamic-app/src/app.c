/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	const char *greeting = getenv("GREETING");
	FILE *file = fopen("motd", "r");
	char line[80];

	printf("%s, %s!\n", greeting ? greeting : "Hello", argc > 1 ? argv[1] : "nobody");
	if (!file) {
		perror("motd");
		return 1;
	}
	while (fgets(line, sizeof(line), file))
		fputs(line, stdout);
	return 0;
}
