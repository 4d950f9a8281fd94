/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls that need no file system. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

#define BLOCK 65536
#define PAGE  4096

static int zero, null;
static char byte;
static struct timespec scratch;

static void nothing(void)
{
	__asm__ volatile("");
}

static void raw_null(void)
{
	__asm__ volatile("mov %0, %%eax\n\tsyscall"
			 :
			 : "i"(SYS_getppid)
			 : "rax", "rcx", "r11", "memory");
}

static void glibc_null(void)
{
	syscall(SYS_getppid);
}

static void read_byte(void)
{
	if (read(zero, &byte, 1) != 1)
		abort();
}

static void write_byte(void)
{
	if (write(null, &byte, 1) != 1)
		abort();
}

static void clock_call(void)
{
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &scratch);
}

static void clock_vdso(void)
{
	clock_gettime(CLOCK_MONOTONIC, &scratch);
}

static char *map_block(void)
{
	char *block;

	getpid();
	syscall(SYS_brk, 0);
	block = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		abort();
	return block;
}

static void memory_calls(void)
{
	munmap(map_block(), BLOCK);
}

static void memory_touched(void)
{
	char *block = map_block();

	for (int i = 0; i < BLOCK; i += PAGE)
		*(volatile char *)(block + i) = 1;
	munmap(block, BLOCK);
}

/* The cost of a site's first calls, where a call that traps is replaced. */
static void measure_sites(void)
{
	static const char *const names[] = {"first call of a site", "second call of a site",
					    "third call of a site"};

	for (int i = 0; i < 3; i++) {
		double start = now();

		__asm__ volatile(".rept 64\n\tmov %0, %%eax\n\tsyscall\n\t.endr"
				 :
				 : "i"(SYS_getppid)
				 : "rax", "rcx", "r11", "memory");
		printf("%s\t%.2f\n", names[i], (now() - start) / 64);
	}
}

int main(void)
{
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	measure("nothing", nothing);
	measure("getppid, a bare instruction", raw_null);
	measure("getppid, with glibc's `syscall`", glibc_null);
	measure("read 1 byte of /dev/zero", read_byte);
	measure("write 1 byte to /dev/null", write_byte);
	measure("clock_gettime, the system call", clock_call);
	measure("clock_gettime, the vDSO", clock_vdso);
	measure("getpid, brk, mmap and munmap of 64 KiB", memory_calls);
	measure("the same, and its 16 pages touched", memory_touched);
	measure_sites();
	return 0;
}
