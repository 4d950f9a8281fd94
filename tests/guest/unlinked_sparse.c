/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes the size of a sparse file that is unlinked: its holes stay holes, and what was cut off is
 * zero when the file grows again. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (6L << 30)

static void show(const char *what, int fd)
{
	struct stat status;
	char bytes[4] = {1, 1, 1, 1};
	ssize_t read_bytes;

	fstat(fd, &status);
	read_bytes = pread(fd, bytes, sizeof(bytes), 5000);
	printf("%s: size %ld, few blocks %d, read %zd: %d %d %d %d\n", what, (long)status.st_size,
	       status.st_blocks < 2000, read_bytes, bytes[0], bytes[1], bytes[2], bytes[3]);
}

int main(int argc, char **argv)
{
	char data[10000];
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;

	memset(data, 7, sizeof(data));
	if (fd < 0 || pwrite(fd, data, sizeof(data), 0) != sizeof(data) || ftruncate(fd, SIZE) ||
	    unlink(argv[1]))
		return 1;
	show("sparse", fd);
	printf("cut: %d\n", ftruncate(fd, 5002));
	show("cut", fd);
	printf("grown: %d\n", ftruncate(fd, SIZE / 6));
	show("grown", fd);
	printf("cut again: %d\n", ftruncate(fd, 100));
	printf("written: %zd\n", pwrite(fd, data, 2, 5001));
	show("written", fd);
	return 0;
}
