/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files as /proc/self/fd and /proc/self/fdinfo show them, and reopened through them. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "/tmp/unishim-proc-descriptors"

static char path[64];

static const char *path_of(const char *folder, int fd)
{
	snprintf(path, sizeof(path), "/proc/self/%s/%d", folder, fd);
	return path;
}

static void show(const char *what, int fd)
{
	char target[PATH_MAX];
	struct stat link, file, followed;
	ssize_t size = readlink(path_of("fd", fd), target, sizeof(target) - 1);

	target[size > 0 ? size : 0] = '\0';
	/* Inode numbers of files without a name differ. */
	if (strchr(target, '['))
		*strchr(target, '[') = '\0';
	lstat(path, &link);
	fstat(fd, &file);
	printf("%s: %s, %o, %s\n", what, target, link.st_mode,
	       stat(path, &followed)						  ? errno_text()
	       : file.st_ino == followed.st_ino && file.st_dev == followed.st_dev ? "the same file"
										  : "another");
}

static void show_information(const char *what, int fd)
{
	FILE *stream = fopen(path_of("fdinfo", fd), "r");
	long long position = -1;
	unsigned int flags = 0;
	unsigned long ino = 0;
	struct stat status;
	char line[200];

	while (stream && fgets(line, sizeof(line), stream)) {
		sscanf(line, "pos: %lld", &position);
		sscanf(line, "flags: %o", &flags);
		sscanf(line, "ino: %lu", &ino);
	}
	if (stream)
		fclose(stream);
	fstat(fd, &status);
	printf("%s: position %lld, flags %o, %s\n", what, position, flags,
	       ino == status.st_ino ? "its number" : "another number");
}

static int compare(const void *a, const void *b)
{
	return atoi(*(char *const *)a) - atoi(*(char *const *)b);
}

static void list(const char *folder)
{
	DIR *directory = opendir(folder);
	char *names[100];
	size_t count = 0;
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) && count < 100) {
		if (*entry->d_name != '.')
			names[count++] = strdup(entry->d_name);
	}
	qsort(names, count, sizeof(*names), compare);
	printf("%s:", folder);
	for (size_t i = 0; i < count; i++) {
		printf(" %s", names[i]);
		free(names[i]);
	}
	printf("\n");
	if (directory)
		closedir(directory);
}

static void test_reopening(int fd)
{
	char text[16] = "";
	int again = open(path_of("fd", fd), O_RDONLY);

	printf("reopened: %zd bytes, the first one's place %ld\n", read(again, text, 4),
	       (long)lseek(fd, 0, SEEK_CUR));
	printf("text: %s\n", text);
	close(again);
	again = open(path_of("fd", fd), O_WRONLY | O_NOFOLLOW);
	printf("not followed: %s\n", again < 0 ? errno_text() : "opened");
	unlink(FILE_NAME);
	show("deleted", fd);
	again = open(path_of("fd", fd), O_RDWR);
	printf("deleted, reopened: %zd\n", pread(again, text, 4, 0));
	close(again);
}

static void test_memory_file(void)
{
	int fd = memfd_create("a name", 0), again;
	char text[8] = "";

	printf("memfd: %zd\n", write(fd, "inside", 6));
	again = open(path_of("fd", fd), O_RDONLY);
	printf("reopened: %zd %s\n", read(again, text, 7), text);
	close(again);
	close(fd);
}

static void test_pipe(void)
{
	int ends[2], reader, writer;
	char text[8] = "";

	if (pipe(ends))
		printf("pipe: %s\n", errno_text());
	show("pipe", ends[0]);
	reader = open(path_of("fd", ends[0]), O_RDONLY | O_NONBLOCK);
	writer = open(path_of("fd", ends[0]),
		      O_WRONLY); /* the other direction means the other end */
	close(ends[0]);
	printf("by the second: %zd\n", write(writer, "abc", 3));
	printf("by the first: %zd\n", write(ends[1], "def", 3));
	printf("read: %zd %s\n", read(reader, text, 7), text);
	printf("nothing more: %s\n", read(reader, text, 7) < 0 ? errno_text() : "the end");
	close(ends[1]);
	close(writer);
	printf("closed: %zd\n", read(reader, text, 7));
	writer = open(path_of("fd", reader), O_WRONLY | O_NONBLOCK);
	printf("again: %zd\n", write(writer, "g", 1));
	close(writer);
	close(reader);
}

static void test_streams(void)
{
	char text[8] = "";
	int fd = open("/dev/stdin", O_RDONLY);

	printf("/dev/stdin: %zd bytes, then %zd\n", read(fd, text, 3), read(0, text + 3, 3));
	printf("text: %s\n", text);
	close(fd);
	fd = open("/dev/stdout", O_WRONLY);
	printf("/dev/stdout: %s\n", fd < 0 ? errno_text() : "opened");
	if (fd >= 0 && write(fd, "written\n", 8) != 8)
		printf("not written\n");
	close(fd);
	show("stdin", 0);
}

int main(void)
{
	int fd, directory, place;

	setvbuf(stdout, NULL, _IOLBF, 0);
	fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	printf("made: %zd\n", write(fd, "some text", 9));
	show("file", fd);
	show_information("file", fd);
	lseek(fd, 5, SEEK_SET);
	fcntl(fd, F_SETFD, 0);
	fcntl(fd, F_SETFL, O_APPEND);
	show_information("file", fd);
	directory = open("/tmp", O_RDONLY | O_DIRECTORY);
	show("directory", directory);
	place = open("/tmp", O_PATH);
	show("place", place);
	dup2(fd, 40);
	list("/proc/self/fd");
	list("/proc/self/fdinfo");
	list("/dev/fd");
	close(40);
	printf("closed: %s\n", readlink("/proc/self/fd/40", path, 1) < 0 ? errno_text() : "there");
	printf("through: %s\n", chdir(path_of("fd", directory)) ? errno_text() : "there");
	test_reopening(fd);
	test_memory_file();
	test_pipe();
	test_streams();
	return 0;
}
