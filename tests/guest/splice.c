/* splice(2), tee(2), vmsplice(2), sendfile(2) to a pipe; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#define SOURCE "splice_source"
#define TARGET "splice_target"

static char block[1 << 17] __attribute__((aligned(4096)));
static int first[2], second[2];

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static int in_pipe(int fd)
{
	int bytes = -1;

	ioctl(fd, FIONREAD, &bytes);
	return bytes;
}

static void drain(int fd)
{
	unsigned int sum = 0;
	ssize_t part, total = 0;
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while ((part = read(fd, block, sizeof(block))) > 0) {
		for (ssize_t i = 0; i < part; i++)
			sum = sum * 31 + (unsigned char)block[i];
		total += part;
	}
	fcntl(fd, F_SETFL, flags);
	printf("drained %zd, sum %u\n", total, sum);
}

static void files(int source, int target)
{
	loff_t offset = 100;

	result("file to pipe", splice(source, NULL, first[1], NULL, 1000, 0));
	result("position", lseek(source, 0, SEEK_CUR));
	result("at an offset", splice(source, &offset, first[1], NULL, 10000, 0));
	printf("offset %lld, position %ld, %d bytes\n", (long long)offset,
	       (long)lseek(source, 0, SEEK_CUR), in_pipe(first[0]));
	drain(first[0]);
	result("what fits", splice(source, NULL, first[1], NULL, 1 << 20, 0));
	result("no room",
	       splice(source, NULL, first[1], NULL, 1, SPLICE_F_NONBLOCK | SPLICE_F_MOVE));
	result("pipe to file", splice(first[0], NULL, target, NULL, 5000, 0));
	offset = 20000;
	result("to an offset", splice(first[0], NULL, target, &offset, 100, SPLICE_F_MORE));
	printf("offset %lld, position %ld, size %ld\n", (long long)offset,
	       (long)lseek(target, 0, SEEK_CUR), (long)lseek(target, 0, SEEK_END));
	drain(first[0]);
	result("empty", splice(first[0], NULL, target, NULL, 100, SPLICE_F_NONBLOCK));
	lseek(source, 0, SEEK_END);
	result("at the end", splice(source, NULL, first[1], NULL, 100, 0));
	lseek(target, 0, SEEK_SET);
	result("back", splice(target, NULL, first[1], NULL, 30000, 0));
	drain(first[0]);
}

static void pipes(void)
{
	char text[32] = "";

	write(first[1], "one", 3);
	write(first[1], " two", 4);
	result("tee", tee(first[0], second[1], 100, 0));
	result("tee again", tee(first[0], second[1], 2, 0));
	printf("%d and %d bytes\n", in_pipe(first[0]), in_pipe(second[0]));
	write(first[1], "!", 1);
	write(second[1], "?", 1);
	result("read", read(second[0], text, sizeof(text)));
	printf("[%s]\n", text);
	result("part of it", splice(first[0], NULL, second[1], NULL, 5, 0));
	result("the rest", splice(first[0], NULL, second[1], NULL, 100, 0));
	result("nothing", splice(first[0], NULL, second[1], NULL, 100, SPLICE_F_NONBLOCK));
	result("tee nothing", tee(first[0], second[1], 100, SPLICE_F_NONBLOCK));
	memset(text, 0, sizeof(text));
	result("read", read(second[0], text, sizeof(text)));
	printf("[%s]\n", text);
	write(first[1], block, 65536);
	result("all", splice(first[0], NULL, second[1], NULL, 1 << 20, 0));
	write(first[1], "x", 1);
	result("full", splice(first[0], NULL, second[1], NULL, 1, SPLICE_F_NONBLOCK));
	result("tee to a full one", tee(first[0], second[1], 1, SPLICE_F_NONBLOCK));
	drain(first[0]);
	drain(second[0]);
}

static void memory(void)
{
	struct iovec vector[3] = {{"vector", 6}, {NULL, 0}, {" of parts", 9}},
		     wild = {(void *)8, 4};
	char text[32] = "";
	struct iovec to[2] = {{text, 6}, {text + 10, 20}}, large = {block, sizeof(block)};

	result("vmsplice", vmsplice(first[1], vector, 3, 0));
	result("to memory", vmsplice(first[0], to, 2, 0));
	printf("[%s][%s]\n", text, text + 10);
	result("large", vmsplice(first[1], &large, 1, SPLICE_F_NONBLOCK));
	result("full", vmsplice(first[1], &large, 1, SPLICE_F_NONBLOCK));
	drain(first[0]);
	result("empty", vmsplice(first[0], to, 2, SPLICE_F_NONBLOCK));
	result("wild", vmsplice(first[1], &wild, 1, 0));
	result("bad vector", vmsplice(first[1], (void *)8, 1, 0));
	result("none", vmsplice(first[1], vector, 0, 0));
	result("too many", vmsplice(first[1], vector, 1025, 0));
	result("flags", vmsplice(first[1], vector, 1, 16));
	result("no pipe", vmsplice(open(SOURCE, O_RDWR), vector, 1, 0));
}

static void refused(int source, int target)
{
	int appending = open(TARGET, O_WRONLY | O_APPEND);
	loff_t offset = 0;

	write(first[1], "some", 4);
	result("nothing", splice(99, NULL, 98, NULL, 0, 0));
	result("flags", splice(source, NULL, first[1], NULL, 1, 16));
	result("files", splice(source, NULL, target, NULL, 1, 0));
	result("no descriptor", splice(99, NULL, first[1], NULL, 1, 0));
	result("wrong way", splice(first[1], NULL, target, NULL, 1, 0));
	result("read only", splice(first[0], NULL, open(SOURCE, O_RDONLY), NULL, 1, 0));
	result("itself", splice(first[0], NULL, first[1], NULL, 1, 0));
	result("offset of a pipe", splice(first[0], &offset, target, NULL, 1, 0));
	result("offset of a pipe", splice(source, NULL, first[1], &offset, 1, 0));
	result("wild offset", splice(source, (void *)8, first[1], NULL, 1, 0));
	offset = -1;
	result("negative offset", splice(source, &offset, first[1], NULL, 1, 0));
	result("appending", splice(first[0], NULL, appending, NULL, 1, 0));
	result("tee a file", tee(source, first[1], 1, 0));
	result("tee itself", tee(first[0], first[1], 1, 0));
	result("tee the wrong way", tee(first[1], second[1], 1, 0));
	drain(first[0]);
}

static void sent(int source)
{
	off_t offset = 10;

	lseek(source, 5, SEEK_SET);
	result("sendfile", sendfile(first[1], source, NULL, 100));
	result("sendfile", sendfile(first[1], source, &offset, 1 << 20));
	printf("offset %ld, position %ld\n", (long)offset, (long)lseek(source, 0, SEEK_CUR));
	drain(first[0]);
	close(first[0]);
	result("to nobody", sendfile(first[1], source, NULL, 100));
	result("to nobody", splice(source, NULL, first[1], NULL, 100, 0));
	close(second[1]);
	result("from nobody", splice(second[0], NULL, source, NULL, 100, 0));
	result("from nobody", tee(second[0], first[1], 100, 0));
}

int main(void)
{
	int source, target;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (char)(i * 7 + i / 4096);
	source = open(SOURCE, O_RDWR | O_CREAT | O_TRUNC, 0666);
	target = open(TARGET, O_RDWR | O_CREAT | O_TRUNC, 0666);
	result("write", write(source, block, 100000));
	lseek(source, 0, SEEK_SET);
	pipe(first);
	pipe(second);
	files(source, target);
	pipes();
	memory();
	refused(source, target);
	sent(source);
	unlink(SOURCE);
	unlink(TARGET);
	return 0;
}
