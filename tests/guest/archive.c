/* Describes the files in its arguments, which were in an archive, on stderr. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void tell_contents(const char *path)
{
	unsigned int sum = 2166136261u;
	unsigned char part[5000];
	int fd = open(path, O_RDONLY);
	ssize_t got;

	while ((got = read(fd, part, sizeof(part))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum = (sum ^ part[i]) * 16777619u;
	}
	dprintf(2, " hash %08x", sum);
	close(fd);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char target[5000];
		struct stat status;
		ssize_t length;

		if (lstat(argv[i], &status)) {
			dprintf(2, "%s: %s\n", argv[i], errno_text());
			continue;
		}
		dprintf(2, "%s: %o %ld.%ld links %ld time %ld", argv[i], status.st_mode,
			(long)status.st_uid, (long)status.st_gid, (long)status.st_nlink,
			(long)status.st_mtime);
		if (S_ISREG(status.st_mode)) {
			dprintf(2, " size %ld", (long)status.st_size);
			tell_contents(argv[i]);
		} else if (S_ISLNK(status.st_mode)) {
			length = readlink(argv[i], target, sizeof(target));
			dprintf(2, " -> %.*s", (int)length, target);
		} else if (S_ISCHR(status.st_mode)) {
			dprintf(2, " device %lx", (long)status.st_rdev);
		}
		dprintf(2, "\n");
	}
	return 0;
}
