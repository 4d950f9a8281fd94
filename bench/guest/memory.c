/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What memory costs: prints a name, a tab and nanoseconds for each operation. Of each operation,
 * the fastest of some rounds counts, because other programs of the machine disturb the others.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE   4096UL
#define MIB    (1UL << 20)
#define FRESH  (256 * MIB)
#define ROUNDS 7

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static char *map(size_t size)
{
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

static void touch(char *memory, size_t size)
{
	for (size_t offset = 0; offset < size; offset += PAGE)
		((volatile char *)memory)[offset] = 1;
}

static void report(const char *name, double value)
{
	printf("%s\t%.1f\n", name, value);
}

/* Memory that nobody has used before: only the first round of the program sees it. */
static void first_use(void)
{
	uint64_t start = now(), touched;
	char *memory = map(FRESH);

	touch(memory, FRESH);
	touched = now();
	munmap(memory, FRESH);
	report("a page of fresh memory", (double)(touched - start) / (FRESH / PAGE));
}

static void use_again(const char *name, size_t size)
{
	uint64_t best = UINT64_MAX;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now(), used;
		size_t count = 64 * MIB / size;

		for (size_t i = 0; i < count; i++) {
			char *memory = map(size);

			touch(memory, size);
			munmap(memory, size);
		}
		used = now() - start;
		best = used < best ? used : best;
	}
	report(name, (double)best / (64 * MIB / PAGE));
}

static void reuse(void)
{
	uint64_t best = UINT64_MAX, freed = UINT64_MAX;

	for (int round = 0; round < ROUNDS; round++) {
		char *memory = map(64 * MIB);
		uint64_t start = now(), used;

		touch(memory, 64 * MIB);
		used = now() - start;
		best = used < best ? used : best;
		start = now();
		munmap(memory, 64 * MIB);
		used = now() - start;
		freed = used < freed ? used : freed;
	}
	report("a page of memory used before", (double)best / (64 * MIB / PAGE));
	report("free of a page", (double)freed / (64 * MIB / PAGE));
}

static void move(void)
{
	uint64_t best = UINT64_MAX;
	char *from = map(64 * MIB), *to = map(64 * MIB);

	touch(from, 64 * MIB);
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now(), used;
		char *moved = mremap(from, 64 * MIB, 64 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, to);

		used = now() - start;
		if (moved != to || moved[5 * PAGE] != 1)
			fail("mremap");
		to = from;
		from = moved;
		best = used < best ? used : best;
	}
	report("mremap that moves 64 MiB", (double)best);
	munmap(from, 64 * MIB);
}

static void grow(void)
{
	uint64_t best = UINT64_MAX;

	for (int round = 0; round < 3; round++) {
		uint64_t start = now(), used;
		char *memory = NULL, *other = NULL;

		for (size_t size = MIB; size <= 200 * MIB; size += MIB) {
			memory = realloc(memory, size);
			/* It keeps the block from growing in place. */
			other = realloc(other, size / 16);
			if (!memory || !other)
				fail("realloc");
			memset(memory + size - MIB, 1, MIB);
		}
		free(memory);
		free(other);
		used = now() - start;
		best = used < best ? used : best;
	}
	report("realloc from 1 to 200 MiB", (double)best);
}

static void random_access(const char *name, size_t size)
{
	char *memory = map(size);
	uint64_t state = 88172645463325252UL, best = UINT64_MAX;
	volatile char *bytes = memory;

	touch(memory, size);
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now(), used;

		for (int i = 0; i < 1000000; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			bytes[state & (size - 1)]++;
		}
		used = now() - start;
		best = used < best ? used : best;
	}
	report(name, (double)best / 1000000);
	munmap(memory, size);
}

static void random_touch(void)
{
	uint64_t best = UINT64_MAX;

	for (int round = 0; round < 3; round++) {
		char *memory = map(64 * MIB);
		uint64_t start = now(), used;

		/* 40503 is coprime to the number of pages. */
		for (size_t i = 0; i < 64 * MIB / PAGE; i++)
			((volatile char *)memory)[i * 40503 % (64 * MIB / PAGE) * PAGE] = 1;
		used = now() - start;
		munmap(memory, 64 * MIB);
		best = used < best ? used : best;
	}
	report("a page touched at random", (double)best / (64 * MIB / PAGE));
}

static void map_file(int file)
{
	uint64_t best = UINT64_MAX;
	volatile char sum = 0;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now(), used;

		for (int i = 0; i < 200; i++) {
			char *memory = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE, file, 0);

			if (memory == MAP_FAILED)
				fail("mmap of a file");
			for (size_t offset = 0; offset < 65536; offset += PAGE)
				sum += memory[offset];
			munmap(memory, 65536);
		}
		used = now() - start;
		best = used < best ? used : best;
	}
	report("mmap, touch and munmap of 64 KiB of a file", (double)best / 200);
}

static void copy_file(int file, char *buffer)
{
	uint64_t read_best = UINT64_MAX, write_best = UINT64_MAX;

	for (int round = 0; round < 20; round++) {
		uint64_t start = now(), written, finished;

		if (pwrite(file, buffer, MIB, 0) != (ssize_t)MIB)
			fail("write");
		written = now();
		if (pread(file, buffer, MIB, 0) != (ssize_t)MIB)
			fail("read");
		finished = now();
		write_best = written - start < write_best ? written - start : write_best;
		read_best = finished - written < read_best ? finished - written : read_best;
	}
	report("read of 1 MiB", (double)read_best);
	report("write of 1 MiB", (double)write_best);
}

/* A buffer that is discarded and filled again, as allocators do. */
static void discard(void)
{
	uint64_t best = UINT64_MAX;
	char *memory = map(16 * MIB);

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now(), used;

		touch(memory, 16 * MIB);
		madvise(memory, 16 * MIB, MADV_DONTNEED);
		used = now() - start;
		best = used < best ? used : best;
	}
	report("touch and MADV_DONTNEED of a page", (double)best / (16 * MIB / PAGE));
	munmap(memory, 16 * MIB);
}

int main(int argc, char **argv)
{
	int file = argc > 1 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
	char *buffer = malloc(MIB);

	if (file < 0 || !buffer)
		fail("memory: FILE");
	memset(buffer, 1, MIB);
	first_use();
	reuse();
	use_again("a page of a block of 128 KiB, with its mmap and munmap", 128 * 1024);
	use_again("a page of a block of 1 MiB, with its mmap and munmap", MIB);
	use_again("a page of a block of 16 MiB, with its mmap and munmap", 16 * MIB);
	discard();
	move();
	grow();
	random_touch();
	random_access("random access to 16 MiB", 16 * MIB);
	random_access("random access to 256 MiB", 256 * MIB);
	copy_file(file, buffer);
	map_file(file);
	return 0;
}
