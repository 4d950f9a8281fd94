/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps one file at many addresses and uses all of them: more address space than the machine has
 * memory. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE  (16UL << 20)
#define VIEWS 90
#define PAGE  4096UL

int main(void)
{
	static unsigned char *views[VIEWS];
	int fd = memfd_create("views", 0);
	unsigned long wrong = 0;

	if (fd < 0 || ftruncate(fd, SIZE))
		return 1;
	for (int i = 0; i < VIEWS; i++) {
		views[i] = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (views[i] == MAP_FAILED)
			return 1;
		/* Each view sees what the one before has written, and counts on. */
		for (unsigned long offset = 0; offset < SIZE; offset += PAGE) {
			wrong += views[i][offset] != (unsigned char)i;
			views[i][offset]++;
		}
	}
	for (unsigned long offset = 0; offset < SIZE; offset += PAGE)
		wrong += views[0][offset] != (unsigned char)VIEWS;
	printf("%lu bytes are wrong\n", wrong);
	return wrong != 0;
}
