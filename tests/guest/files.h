/* For programs that test files: they work in the directory in their argument, and print the results
 * of Linux's calls. */
#ifndef FILES_H
#define FILES_H

#include "errno_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The result of a call. */
static inline long try(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, errno_text());
	else
		printf("%s: %ld\n", what, result);
	return result;
}
#define TRY(call) try(#call, (long)(call))

/* A descriptor, whose number does not matter. */
static inline int opened(const char *what, int fd)
{
	printf("%s: %s\n", what, fd < 0 ? errno_text() : "open");
	return fd;
}
#define OPENED(call) opened(#call, call)

static inline void show_status(const char *what, int error, const struct stat *status)
{
	if (error)
		printf("%s: %s\n", what, errno_text());
	else if (S_ISDIR(status->st_mode))
		printf("%s: mode %o, links %ld, owner %d %d\n", what, status->st_mode,
		       (long)status->st_nlink, status->st_uid, status->st_gid);
	else
		printf("%s: mode %o, size %ld, blocks %ld, links %ld, owner %d %d\n", what,
		       status->st_mode, (long)status->st_size, (long)status->st_blocks,
		       (long)status->st_nlink, status->st_uid, status->st_gid);
}

static inline void show(const char *what, int fd)
{
	struct stat status;

	show_status(what, fstat(fd, &status), &status);
}

static inline void show_path(const char *path)
{
	struct stat status;

	show_status(path, lstat(path, &status), &status);
}

static inline void start(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	umask(022);
	if (argc < 2 || chdir(argv[1]))
		exit(1);
}

#endif
