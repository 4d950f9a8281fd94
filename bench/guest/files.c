/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls on files, in the empty directory that is the argument. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure.h"

#define PAGE	4096
#define MIDDLE	(1 << 16)
#define LARGE	(1 << 20)
#define ENTRIES 1000

static char buffer[LARGE];
static int file, directory, ends[2];

static void must(int fine)
{
	if (!fine)
		abort();
}

static void read_byte(void)
{
	must(pread(file, buffer, 1, 0) == 1);
}

static void read_page(void)
{
	must(pread(file, buffer, PAGE, 0) == PAGE);
}

static void read_middle(void)
{
	must(pread(file, buffer, MIDDLE, 0) == MIDDLE);
}

static void read_large(void)
{
	must(pread(file, buffer, LARGE, 0) == LARGE);
}

static void write_byte(void)
{
	must(pwrite(file, buffer, 1, 0) == 1);
}

static void write_page(void)
{
	must(pwrite(file, buffer, PAGE, 0) == PAGE);
}

static void write_middle(void)
{
	must(pwrite(file, buffer, MIDDLE, 0) == MIDDLE);
}

static void write_large(void)
{
	must(pwrite(file, buffer, LARGE, 0) == LARGE);
}

static void open_close(void)
{
	must(close(open("file", O_RDONLY)) == 0);
}

static void open_close_deep(void)
{
	must(close(open("a/b/c/d/file", O_RDONLY)) == 0);
}

static void status(void)
{
	struct stat status;

	must(stat("file", &status) == 0);
}

static void absent(void)
{
	struct stat status;

	must(stat("absent", &status) == -1);
}

static void create_unlink(void)
{
	must(close(open("new", O_CREAT | O_EXCL | O_WRONLY, 0600)) == 0 && unlink("new") == 0);
}

static void list(void)
{
	long got;

	must(lseek(directory, 0, SEEK_SET) == 0);
	do
		must((got = syscall(SYS_getdents64, directory, buffer, sizeof(buffer))) >= 0);
	while (got > 0);
}

static void round_trip(size_t size)
{
	must(write(ends[1], buffer, size) == (ssize_t)size &&
	     read(ends[0], buffer, size) == (ssize_t)size);
}

static void pipe_byte(void)
{
	round_trip(1);
}

static void pipe_page(void)
{
	round_trip(PAGE);
}

static void pipe_full(void)
{
	round_trip(16 * PAGE);
}

static void map_touch_unmap(void)
{
	volatile char *map = mmap(NULL, 16 * PAGE, PROT_READ, MAP_PRIVATE, file, 0);

	must(map != MAP_FAILED);
	for (int i = 0; i < 16; i++)
		map[i * PAGE];
	must(munmap((void *)map, 16 * PAGE) == 0);
}

static void map_write_unmap(void)
{
	volatile char *map = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	must(map != MAP_FAILED);
	for (int i = 0; i < 16; i++)
		map[i * PAGE] = 1;
	must(munmap((void *)map, 16 * PAGE) == 0);
}

int main(int argc, char **argv)
{
	char name[16];

	must(argc == 2 && chdir(argv[1]) == 0);
	must((file = open("file", O_RDWR | O_CREAT, 0600)) >= 0);
	must(write(file, buffer, LARGE) == LARGE);
	must(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0 && mkdir("a/b/c", 0700) == 0 &&
	     mkdir("a/b/c/d", 0700) == 0 && link("file", "a/b/c/d/file") == 0);
	must(mkdir("many", 0700) == 0 && (directory = open("many", O_RDONLY | O_DIRECTORY)) >= 0);
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "entry-%d", i);
		must(close(openat(directory, name, O_CREAT | O_WRONLY, 0600)) == 0);
	}
	must(pipe(ends) == 0);
	measure("read of 1 byte", read_byte);
	measure("read of 4 KiB", read_page);
	measure("read of 64 KiB", read_middle);
	measure("read of 1 MiB", read_large);
	measure("write of 1 byte", write_byte);
	measure("write of 4 KiB", write_page);
	measure("write of 64 KiB", write_middle);
	measure("write of 1 MiB", write_large);
	measure("open, close", open_close);
	measure("open, close, four directories down", open_close_deep);
	measure("stat", status);
	measure("stat of a missing name", absent);
	measure("create, close, unlink", create_unlink);
	measure("getdents64 of 1000 entries", list);
	measure("pipe: write and read of 1 byte", pipe_byte);
	measure("pipe: write and read of 4 KiB", pipe_page);
	measure("pipe: write and read of 64 KiB", pipe_full);
	measure("mmap of 64 KiB of a file, touched, munmap", map_touch_unmap);
	measure("the same, shared and written", map_write_unmap);
	return 0;
}
