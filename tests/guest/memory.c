/* mmap and its relatives; every line printed is the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL

static void show(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? errno_text() : "ok");
}

static void *map(size_t length, int prot, int flags)
{
	return mmap(NULL, length, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static int all(const char *memory, size_t length, char value)
{
	for (size_t i = 0; i < length; i++)
		if (memory[i] != value)
			return 0;
	return 1;
}

int main(void)
{
	char *a = map(8 * PAGE, PROT_READ | PROT_WRITE, 0), *b, *top;
	static char bss[3 * PAGE];

	printf("zeroed: %d, bss zeroed: %d\n", all(a, 8 * PAGE, 0), all(bss, sizeof(bss), 0));
	memset(a, 7, 8 * PAGE);
	show("unmap the middle", munmap(a + 2 * PAGE, PAGE));
	show("unmap it again", munmap(a + 2 * PAGE, PAGE));
	show("protect over the hole", mprotect(a, 8 * PAGE, PROT_READ));
	show("protect the rest", mprotect(a + 3 * PAGE, 5 * PAGE, PROT_READ | PROT_WRITE));
	a[3 * PAGE] = 1;
	b = mmap(a + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	printf("hole filled: %d\n", b == a + 2 * PAGE);
	b = mmap(a, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	show("no replace", (long)b);
	b = mmap(a + 4 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("replaced: %d, zero: %d, neighbour kept: %d\n", b == a + 4 * PAGE, b[0] == 0,
	       a[5 * PAGE] == 7);

	b = map(4 * PAGE, PROT_READ | PROT_WRITE, 0);
	strcpy(b, "moved");
	b = mremap(b, 4 * PAGE, 1000 * PAGE, MREMAP_MAYMOVE);
	printf("grown: %s, zero behind: %d\n", b, all(b + 4 * PAGE, 996 * PAGE, 0));
	b = mremap(b, 1000 * PAGE, PAGE, 0);
	printf("shrunk: %s\n", b);
	show("remap nothing", (long)mremap(b, PAGE, 0, 0));
	show("remap unaligned", (long)mremap(b + 1, PAGE, PAGE, 0));
	show("discard", madvise(b, PAGE, MADV_DONTNEED));
	printf("discarded: %d\n", b[0] == 0);
	show("bad advice", madvise(b, PAGE, 4711));

	show("length 0", (long)map(0, PROT_READ, 0));
	show("length huge", (long)map(SIZE_MAX - PAGE, PROT_READ, 0));
	show("no type", (long)mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
	show("bad descriptor", (long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0));
	show("unaligned fixed", (long)mmap((void *)12345, PAGE, PROT_READ,
					   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	show("unmap unaligned", munmap(b + 1, PAGE));
	b = map(1UL << 40, PROT_NONE, MAP_NORESERVE);
	show("a terabyte reserved", (long)b);
	show("a page of it", mprotect(b + (1UL << 39), PAGE, PROT_READ | PROT_WRITE));
	b[1UL << 39] = 1;
	show("given back", munmap(b, 1UL << 40));

	/* With the raw call, because musl's sbrk() refuses. */
	top = (char *)syscall(SYS_brk, 0);
	printf("grown: %d\n", syscall(SYS_brk, top + (1 << 20)) == (long)top + (1 << 20));
	memset(top, 1, 1 << 20);
	printf("shrunk: %d\n", syscall(SYS_brk, top) == (long)top);
	printf("grown again: %d\n", syscall(SYS_brk, top + (1 << 20)) == (long)top + (1 << 20));
	printf("heap zeroed: %d\n", all(top + PAGE, (1 << 20) - PAGE, 0));
	printf("too low: %d\n", syscall(SYS_brk, 4096) == (long)top + (1 << 20));
	for (int i = 0; i < 200; i++) {
		char *block = malloc(100000 + i * 997);

		memset(block, i, 100000);
		if (i % 3)
			free(block);
	}
	printf("done\n");
	return 0;
}
