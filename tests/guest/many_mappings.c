/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * More mappings than a host allows a process to have (vm.max_map_count is 65530): with "sparse",
 * single pages of one large mapping, in random order; with "separate", mappings that cannot be
 * merged, until there is no memory for another one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define COUNT 70000UL
#define STEP  65536UL
#define PRIME 40503UL /* not a divisor of COUNT */

static int sparse(void)
{
	char *memory = mmap(NULL, COUNT * STEP, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t wrong = 0;

	if (memory == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < COUNT; i++)
		*(size_t *)(memory + i * PRIME % COUNT * STEP) = i + 1;
	for (size_t i = 0; i < COUNT; i++)
		wrong += *(size_t *)(memory + i * PRIME % COUNT * STEP) != i + 1;
	printf("%zu of %lu pages are wrong\n", wrong, COUNT);
	return wrong != 0;
}

static int separate(void)
{
	static char *starts[COUNT];
	size_t count = 0, wrong = 0;

	for (; count < COUNT; count++) {
		starts[count] = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (starts[count] == MAP_FAILED)
			break;
		*(size_t *)starts[count] = count;
		if (mprotect(starts[count] + 4096, 4096, PROT_NONE))
			break;
	}
	if (count < COUNT && errno != ENOMEM)
		return 1;
	for (size_t i = 0; i < count; i++)
		wrong += *(size_t *)starts[i] != i;
	printf("%zu mappings are wrong, at least 30000: %d\n", wrong, count >= 30000);
	return wrong != 0;
}

int main(int argc, char **argv)
{
	return argc > 1 && !strcmp(argv[1], "separate") ? separate() : sparse();
}
