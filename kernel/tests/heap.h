/* SPDX-License-Identifier: BSD-3-Clause */
/* uk/alloc.h on the host's heap, where every leak and every access outside of an object is
 * detected, and which can run out. Included once, by the test. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <stdlib.h>
#include <string.h>
#include <uk/alloc.h>

/* How many more allocations succeed; negative: all. */
static long allocations_left = -1;

void *uk_malloc(size_t size)
{
	if (allocations_left == 0)
		return NULL;
	if (allocations_left > 0)
		allocations_left--;
	return malloc(size);
}

void *uk_zalloc(size_t size)
{
	void *memory = uk_malloc(size);

	return memory ? memset(memory, 0, size) : NULL;
}

void uk_free(void *memory)
{
	free(memory);
}

#endif
