/* SPDX-License-Identifier: BSD-3-Clause */
/* Mappings of files: mmap(2), mprotect(2), mremap(2), msync(2), mincore(2), madvise(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errno_text.h"

#define PAGE  4096L
#define PAGES 200

static sigjmp_buf back;
static char name[] = "/tmp/unishim-mapping-XXXXXX";

static void on_fault(int signal, siginfo_t *information, void *context)
{
	siglongjmp(back, signal * 16 + information->si_code);
}

/* The byte at address, or less than 0: the signal and its code. */
static int probe(volatile char *address, int write)
{
	int fault = sigsetjmp(back, 1);

	if (fault)
		return -fault;
	if (write)
		*address = (char)write;
	return *address & 0xff;
}

static void show(const char *what, void *mapping)
{
	printf("%s: %s\n", what, mapping == MAP_FAILED ? errno_text() : "mapped");
}

static void result(const char *what, long value)
{
	if (value < 0)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, value);
}

/* Page n is full of n + 1; the last one is half a page. */
static int make_file(void)
{
	char page[PAGE];
	int fd = open(name, O_RDWR | O_TRUNC);

	for (int i = 0; i < PAGES; i++) {
		memset(page, i + 1, sizeof(page));
		if (write(fd, page, i == PAGES - 1 ? PAGE / 2 : PAGE) < 0)
			exit(1);
	}
	return fd;
}

static void test_errors(int fd)
{
	int reader = open(name, O_RDONLY), writer = open(name, O_WRONLY), path = open(name, O_PATH);
	int folder = open("/tmp", O_RDONLY), null = open("/dev/null", O_RDWR);
	int zero = open("/dev/zero", O_RDWR);
	char *mapping;

	show("closed", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, 999, 0));
	show("path", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, path, 0));
	show("folder", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, folder, 0));
	show("null", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, null, 0));
	show("length 0", mmap(0, 0, PROT_READ, MAP_PRIVATE, fd, 0));
	show("unaligned", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 100));
	show("overflow", mmap(0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, -PAGE));
	show("write-only, private", mmap(0, PAGE, PROT_READ, MAP_PRIVATE, writer, 0));
	show("write-only, shared", mmap(0, PAGE, PROT_WRITE, MAP_SHARED, writer, 0));
	show("read-only, shared", mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
	show("read-only, private", mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
	show("no type", mmap(0, PAGE, PROT_READ, 0, fd, 0));
	show("validate", mmap(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE, fd, 0));
	show("validate, unknown", mmap(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 1 << 25, fd, 0));
	mapping = mmap(0, PAGE, PROT_READ, MAP_SHARED, reader, 0);
	result("mprotect read-only", mprotect(mapping, PAGE, PROT_READ | PROT_WRITE));
	result("mprotect to none", mprotect(mapping, PAGE, PROT_NONE));
	mapping = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
	printf("zero: %d %d\n", probe(mapping + PAGE, 0), probe(mapping + PAGE, 7));
	for (int i = 3; i < 20; i++) {
		if (i != fd)
			close(i);
	}
}

static void test_private(int fd)
{
	char *mapping = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char byte = 0;
	long sum = 0;

	close(fd);
	for (int i = 0; i < PAGES; i++)
		sum += probe(mapping + i * PAGE + 5, 0);
	printf("sum %ld, behind the end %d\n", sum, probe(mapping + PAGES * PAGE - 1, 0));
	printf("write %d\n", probe(mapping + 3 * PAGE, 99));
	fd = open(name, O_RDWR);
	result("pread", pread(fd, &byte, 1, 3 * PAGE));
	printf("file still %d\n", byte);
	byte = 77;
	result("pwrite", pwrite(fd, &byte, 1, 3 * PAGE));
	result("pwrite", pwrite(fd, &byte, 1, 100 * PAGE));
	printf("copied %d, not copied %d\n", probe(mapping + 3 * PAGE, 0),
	       probe(mapping + 100 * PAGE, 0));
	result("dontneed", madvise(mapping + 3 * PAGE, PAGE, MADV_DONTNEED));
	printf("again the file's %d\n", probe(mapping + 3 * PAGE, 0));
	/* Offsets survive splitting. */
	result("munmap", munmap(mapping + 10 * PAGE, 5 * PAGE));
	result("mprotect", mprotect(mapping + 20 * PAGE, 3 * PAGE, PROT_READ));
	printf("%d %d %d %d %d %d\n", probe(mapping + 9 * PAGE, 0), probe(mapping + 10 * PAGE, 0),
	       probe(mapping + 15 * PAGE, 0), probe(mapping + 21 * PAGE, 0),
	       probe(mapping + 21 * PAGE, 5), probe(mapping + 23 * PAGE, 5));
	mapping = mremap(mapping + 40 * PAGE, 10 * PAGE, 60 * PAGE, MREMAP_MAYMOVE);
	printf("moved %d %d %d\n", probe(mapping, 0), probe(mapping + 9 * PAGE, 0),
	       probe(mapping + 59 * PAGE, 0));
	munmap(mapping, 60 * PAGE);
	close(fd);
}

static void test_shared(int fd)
{
	char *first = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *second = mmap(0, 10 * PAGE, PROT_READ, MAP_SHARED, fd, 50 * PAGE);
	char *private = mmap(0, 10 * PAGE, PROT_READ, MAP_PRIVATE, fd, 50 * PAGE);
	char *third, byte = 0;

	printf("before %d %d %d\n", probe(second, 0), probe(private, 0), probe(first, 0));
	probe(first + 50 * PAGE, 201);
	printf("after %d %d\n", probe(second, 0), probe(private, 0));
	result("pread", pread(fd, &byte, 1, 50 * PAGE));
	printf("read sees %d\n", byte & 0xff);
	byte = 17;
	result("pwrite", pwrite(fd, &byte, 1, 51 * PAGE));
	printf("written %d %d %d\n", probe(first + 51 * PAGE, 0), probe(second + PAGE, 0),
	       probe(private + PAGE, 0));
	for (int i = 60; i < PAGES; i++)
		probe(first + i * PAGE, 255 - i);
	result("msync", msync(first, PAGES * PAGE, MS_SYNC));
	result("msync hole", msync((char *)0x10000, PAGE, MS_SYNC));
	result("msync flags", msync(first, PAGE, MS_SYNC | MS_ASYNC));
	for (int i = 60; i < PAGES; i += 33) {
		result("pread", pread(fd, &byte, 1, i * PAGE));
		printf("%d\n", byte & 0xff);
	}
	third = mremap(first + 50 * PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE);
	printf("third %d %d\n", probe(third, 202), probe(first + 50 * PAGE, 0));
	result("read-only", probe(second, 1) == -(SIGSEGV * 16 + SEGV_ACCERR));
	/* The kernel reads from and writes to mappings as well. */
	result("write from mapping", pwrite(fd, first + 60 * PAGE, 2 * PAGE, 10 * PAGE));
	result("read into mapping", pread(fd, first + 2 * PAGE, 2 * PAGE, 10 * PAGE));
	printf("%d\n", probe(first + 2 * PAGE, 0));
	munmap(first, PAGES * PAGE);
	munmap(second, 10 * PAGE);
	munmap(private, 10 * PAGE);
	munmap(third, 2 * PAGE);
}

static void test_truncated(int fd)
{
	char *shared = mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *private = mmap(0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	unsigned char vector[8];
	struct stat status;

	result("ftruncate", ftruncate(fd, 6 * PAGE));
	probe(private + 5 * PAGE, 33);
	probe(shared + 2 * PAGE + 200, 44);
	printf("in %d, behind %d\n", probe(shared + 5 * PAGE, 0), probe(shared + 6 * PAGE, 0));
	result("ftruncate", ftruncate(fd, 2 * PAGE + 100));
	printf("last page %d %d\n", probe(shared + 2 * PAGE + 99, 0),
	       probe(shared + 2 * PAGE + 200, 0));
	printf("behind %d %d %d\n", probe(shared + 3 * PAGE, 0), probe(shared + 3 * PAGE, 1),
	       probe(private + 5 * PAGE, 0));
	result("read from there", pwrite(fd, shared + 3 * PAGE, 1, 0));
	result("ftruncate", ftruncate(fd, 8 * PAGE));
	printf("grown %d %d\n", probe(shared + 3 * PAGE, 0), probe(private + 5 * PAGE, 0));
	probe(shared + 7 * PAGE, 9);
	result("mincore", mincore(shared, 3 * PAGE, vector));
	printf("%d %d %d\n", vector[0] & 1, vector[1] & 1, vector[2] & 1);
	result("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE));
	printf("hole %d %d\n", probe(shared, 0), probe(private, 0));
	probe(shared + PAGE, 21);
	result("remove", madvise(shared + PAGE, PAGE, MADV_REMOVE));
	printf("removed %d\n", probe(shared + PAGE, 0));
	result("fstat", fstat(fd, &status));
	printf("size %ld\n", (long)status.st_size);
	munmap(shared, 8 * PAGE);
	munmap(private, 8 * PAGE);
}

static void test_sealed(void)
{
	int fd = memfd_create("sealed", MFD_ALLOW_SEALING);
	char *mapping;

	result("ftruncate", ftruncate(fd, PAGE));
	mapping = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	printf("memfd %d\n", probe(mapping, 5));
	result("seal", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	munmap(mapping, PAGE);
	mapping = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	result("seal", fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	show("sealed", mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	printf("private %d\n", probe(mapping, 0));
}

/* Code in a file, run where it is mapped: mov $42, %eax; ret. */
static void test_code(int fd)
{
	static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
	int (*function)(void);

	result("pwrite", pwrite(fd, code, sizeof(code), PAGE));
	function = mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, PAGE);
	printf("code %d\n", function());
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	int fd = mkstemp(name);

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	close(fd);
	test_errors(make_file());
	test_private(make_file());
	test_shared(make_file());
	test_truncated(make_file());
	test_sealed();
	test_code(make_file());
	unlink(name);
	return 0;
}
