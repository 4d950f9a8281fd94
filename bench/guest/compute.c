/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * About half a second of work without system calls: in registers or, if there is an
 * argument, on a table that is larger than the caches.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TABLE (1u << 21) /* of 8 bytes */

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

int main(int argc, char **argv)
{
	uint64_t state = 88172645463325252u, sum = 0;

	if (argc < 2) {
		for (unsigned int i = 0; i < 240000000; i++)
			sum += next(&state);
	} else {
		uint64_t *table = malloc(TABLE * sizeof(*table));

		for (unsigned int i = 0; i < TABLE; i++)
			table[i] = next(&state);
		for (unsigned int i = 0; i < 110000000; i++)
			sum += table[next(&state) % TABLE]++;
		free(table);
	}
	printf("%lu\n", sum);
	return 0;
}
