/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files in the directory that is the first argument: `large`, and SMALL_FILES of 1 KiB named 0, 1,
 * ... Each further argument contains options for mounting the share fs0: in that case only the
 * large file is read, through that mount.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "measure.h"

#define LARGE	    (1 << 20)
#define PAGE	    4096
#define SMALL_FILES 4000
#define SMALL	    1024
#define WINDOW	    (64L << 20) /* in the large file */

static char buffer[LARGE];
static int file;
static long position;

static void must(int fine)
{
	if (!fine)
		abort();
}

static void read_large(void)
{
	must(pread(file, buffer, LARGE, position) == LARGE);
	position = (position + LARGE) % WINDOW;
}

static void read_page(void)
{
	must(pread(file, buffer, PAGE, position) == PAGE);
	position = (position + PAGE) % WINDOW;
}

static const char *next_name(void)
{
	static unsigned int number;
	static char name[16];

	snprintf(name, sizeof(name), "%u", number++ % SMALL_FILES);
	return name;
}

static void read_whole(const char *name)
{
	int small = open(name, O_RDONLY);

	must(read(small, buffer, PAGE) == SMALL && read(small, buffer, PAGE) == 0);
	close(small);
}

static void read_small(void)
{
	read_whole(next_name());
}

static void read_again(void)
{
	read_whole("0");
}

static void status(void)
{
	struct stat status;

	must(stat(next_name(), &status) == 0);
}

static void create(void)
{
	int small = open("new", O_WRONLY | O_CREAT | O_EXCL, 0600);

	must(write(small, buffer, SMALL) == SMALL && close(small) == 0 && unlink("new") == 0);
}

static void write_large(void)
{
	must(pwrite(file, buffer, LARGE, 0) == LARGE);
}

int main(int argc, char **argv)
{
	must(argc > 1);
	if (argc > 2)
		must(umount(argv[1]) == 0);
	for (int i = 2; i < argc; i++) {
		must(mount("fs0", argv[1], "9p", 0, argv[i]) == 0 && chdir(argv[1]) == 0);
		file = open("large", O_RDONLY);
		measure(argv[i], read_large);
		close(file);
		must(chdir("/") == 0 && umount(argv[1]) == 0);
	}
	if (argc > 2)
		return 0;
	must(chdir(argv[1]) == 0);
	file = open("large", O_RDWR);
	measure("read of 1 MiB", read_large);
	measure("write of 1 MiB", write_large);
	measure("read of 4 KiB", read_page);
	measure("open, read, close of 1 KiB, a new file each", read_small);
	measure("stat, a new file each", status);
	measure("open, read, close of 1 KiB, the same file", read_again);
	measure("create, write 1 KiB, unlink", create);
	return 0;
}
