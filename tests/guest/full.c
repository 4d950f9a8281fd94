/* Fills the file system until no space is left, in several ways, and continues. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART 65536

static void fail(const char *what)
{
	printf("%s: errno %d\n", what, errno);
	exit(1);
}

/* Bytes until a write fails, which must be for lack of space. */
static long fill(int fd)
{
	static char part[PART];
	ssize_t done;
	long sum = 0;

	memset(part, 'f', sizeof(part));
	while ((done = write(fd, part, sizeof(part))) > 0)
		sum += done;
	if (done != -1 || errno != ENOSPC)
		fail("write");
	return sum;
}

static void check(int fd, long size)
{
	char last;

	if (pread(fd, &last, 1, size - 1) != 1 || last != 'f')
		fail("what was written is lost");
}

int main(int argc, char **argv)
{
	char name[40];
	int fd, count;
	long first, second;

	if (argc < 2 || chdir(argv[1]))
		return 1;
	fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	first = fill(fd);
	check(fd, first);
	if (fallocate(fd, 0, 0, 1L << 40) == 0 || errno != ENOSPC)
		fail("fallocate");
	if (!malloc(1000))
		fail("malloc");
	if (ftruncate(fd, 0))
		fail("ftruncate");
	second = fill(fd);
	if (first < 1 << 20 || second < first - (1 << 20))
		fail("space that was given back is not there");
	if (unlink("file") || close(fd))
		fail("unlink");
	/* Names take memory too. */
	for (count = 0; snprintf(name, sizeof(name), "%d", count), mkdir(name, 0700) == 0; count++)
		;
	if (errno != ENOSPC || count < 1000)
		fail("mkdir");
	while (count-- > 0) {
		snprintf(name, sizeof(name), "%d", count);
		if (rmdir(name))
			fail("rmdir");
	}
	fd = open("file", O_RDWR | O_CREAT, 0600);
	if (fill(fd) < first - (1 << 20))
		fail("the memory of the names is not there");
	printf("full, and goes on\n");
	return 0;
}
