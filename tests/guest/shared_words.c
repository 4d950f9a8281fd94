/* Performs the actions in its arguments on shared directories, one output line each: a small
 * script. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char line[4096], *mapped;

static void say(const char *word, long result)
{
	printf("%s: %s\n", word, result == -1 ? errno_text() : "ok");
}

/* Performs an action such as read:/path. */
static void perform(char *word)
{
	char *path = strchr(word, ':');
	struct stat status;
	int fd;

	if (path)
		path++;
	if (!path) {
		/* wait: for a line on standard input, while the host does something */
		printf("%s\n", word);
		if (!fgets(line, sizeof(line), stdin))
			exit(1);
	} else if (strncmp(word, "read:", 5) == 0) {
		fd = open(path, O_RDONLY);
		ssize_t got = fd == -1 ? -1 : read(fd, line, sizeof(line));
		printf("%s: %.*s\n", word, got < 0 ? 100 : (int)got, got < 0 ? errno_text() : line);
		close(fd);
	} else if (strncmp(word, "write:", 6) == 0) {
		fd = open(path, O_WRONLY | O_CREAT, 0644);
		say(word, fd == -1 ? -1 : write(fd, "written", 7));
		close(fd);
	} else if (strncmp(word, "lock:", 5) == 0) {
		struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

		fd = open(path, O_RDONLY);
		say(word, fd == -1 ? -1 : fcntl(fd, F_SETLK, &lock));
		close(fd);
	} else if (strncmp(word, "size:", 5) == 0) {
		if (stat(path, &status) == -1)
			say(word, -1);
		else
			printf("%s: %ld\n", word, (long)status.st_size);
	} else if (strncmp(word, "map:", 4) == 0) {
		/* Two pages, the first of which is written to. */
		fd = open(path, O_RDONLY);
		mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
		say(word, mapped == MAP_FAILED ? -1 : 0);
		mapped[0] = 'X';
		printf("%c%c, %c\n", mapped[0], mapped[1], mapped[4096]);
	} else if (strncmp(word, "touch:", 6) == 0) {
		/* All pages of a large file. */
		long sum = 0;

		fd = open(path, O_RDONLY);
		fstat(fd, &status);
		mapped = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		for (long i = 0; i < status.st_size; i += 4096)
			sum += mapped[i];
		printf("%s: %ld\n", word, sum);
	} else if (strncmp(word, "mapped:", 7) == 0) {
		printf("%c%c, %c\n", mapped[0], mapped[1], mapped[4096]);
	} else if (strncmp(word, "mkdir:", 6) == 0) {
		say(word, mkdir(path, 0755));
	} else if (strncmp(word, "unlink:", 7) == 0) {
		say(word, unlink(path));
	} else if (strncmp(word, "chmod:", 6) == 0) {
		say(word, chmod(path, 0600));
	} else if (strncmp(word, "mount:", 6) == 0) {
		/* mount:fs0:options:/target */
		char *data = strchr(path, ':'), *target = data ? strrchr(data + 1, ':') : NULL;

		if (!target)
			exit(1);
		*data++ = *target++ = '\0';
		say("mount", mount(path, target, "9p", 0, data));
	} else if (strncmp(word, "umount:", 7) == 0) {
		say(word, umount(path));
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		perform(argv[i]);
	return 0;
}
