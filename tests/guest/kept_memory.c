/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is used, freed and used again contains zeroes each time: also after the machine had
 * nothing to do for a while, and after so many uses that the host may store it as large pages.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB   (1UL << 20)
#define LARGE (96 * MIB)
#define TURNS 24

/* Returns the number of pages that were not zero. */
static size_t use(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t wrong = 0;

	if (memory == MAP_FAILED)
		return size;
	for (size_t offset = 0; offset < size; offset += 4096) {
		wrong += memory[offset] != 0 || memory[offset + 4095] != 0;
		memset(memory + offset, 0x5a, 4096);
	}
	munmap(memory, size);
	return wrong;
}

int main(void)
{
	size_t wrong = use(LARGE);

	for (int i = 0; i < 4; i++)
		usleep(300000);
	wrong += use(LARGE);
	for (int turn = 0; turn < TURNS; turn++)
		wrong += use(4 * MIB);
	printf("%zu pages were not zero\n", wrong);
	return wrong != 0;
}
