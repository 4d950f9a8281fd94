/* Descriptors, and the files that exist without a file system. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void try(const char *what, long result)
{
	printf("%s: %s\n", what, result == -1 ? errno_text() : "ok");
}

int main(void)
{
	char buffer[64], big[40000];
	struct iovec vector[3] = {{"one ", 4}, {"", 0}, {"two\n", 4}};
	struct stat status;
	int fd, copy;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("tty: %d %d %d\n", isatty(0), isatty(1), isatty(2));
	fstat(1, &status);
	printf("stdout is a pipe: %d\n", S_ISFIFO(status.st_mode));
	try("seek a pipe", lseek(1, 0, SEEK_CUR));
	try("pread a pipe", pread(0, buffer, 1, 0));
	copy = dup(1);
	try("dup", copy);
	try("write to the copy", write(copy, "copied\n", 7));
	try("close", close(copy));
	try("write closed", write(copy, "x", 1));
	try("dup2", dup2(1, 20));
	try("writev", writev(20, vector, 3));
	try("cloexec", fcntl(20, F_SETFD, FD_CLOEXEC));
	printf("cloexec %d, lowest %d\n", fcntl(20, F_GETFD), fcntl(1, F_DUPFD, 10));
	fd = open("/dev/zero", O_RDWR);
	memset(big, 1, sizeof(big));
	printf("zero %zd", read(fd, big, sizeof(big)));
	printf(" %d\n", big[0] + big[sizeof(big) - 1]);
	fstat(fd, &status);
	printf("character device: %d\n", S_ISCHR(status.st_mode));
	fd = open("/dev/full", O_WRONLY);
	try("full", write(fd, "x", 1));
	try("read write-only", read(fd, buffer, 1));
	fd = open("/dev/null", O_RDONLY);
	printf("null %zd\n", read(fd, buffer, 1));
	try("write read-only", write(fd, "x", 1));
	try("no such file", open("/no/such/file", O_RDONLY));
	try("stat nothing", stat("/no/such/file", &status));
	try("stat root", stat("/", &status));
	printf("directory: %d\n", S_ISDIR(status.st_mode));
	try("access", access("/dev/null", R_OK | W_OK));
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\n';
	printf("big %zd\n", write(1, big, sizeof(big)));
	try("tcgets", ioctl(1, TIOCGWINSZ, buffer));
	return 0;
}
