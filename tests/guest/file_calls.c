/* Open files: open and its flags, reading and writing at offsets, sizes, holes, copies. Works in
 * the directory in its argument.
 */
#define _GNU_SOURCE
#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE   4096
#define APPEND 16 /* RWF_APPEND */

static void hash(const char *what, int fd)
{
	static unsigned char buffer[65536];
	unsigned int sum = 2166136261u;
	long total = 0;
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum = (sum ^ buffer[i]) * 16777619u;
		total += got;
	}
	printf("%s: %ld bytes, hash %08x\n", what, total, sum);
}

static void opening(void)
{
	int fd, other;

	opened("missing", open("missing", O_RDONLY));
	opened("empty path", open("", O_RDONLY));
	fd = opened("new", open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	opened("again", open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	show("new", fd);
	printf("flags %o\n", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
	try("write", write(fd, "hello, world\n", 13));
	other = opened("append", open("file", O_WRONLY | O_APPEND));
	printf("flags %o\n", fcntl(other, F_GETFL) & ~0100000);
	try("append", write(other, "more\n", 5));
	try("where", lseek(other, 0, SEEK_CUR));
	try("read write-only", read(other, &fd, 1));
	close(other);
	other = opened("read-only", open("file", O_RDONLY));
	try("write read-only", write(other, "x", 1));
	try("ftruncate read-only", ftruncate(other, 0));
	close(other);
	other = opened("mode 3", open("file", 3));
	try("read mode 3", read(other, &fd, 1));
	close(other);
	other = opened("truncated", open("file", O_WRONLY | O_TRUNC));
	show("truncated", other);
	close(other);
	opened("folder for writing", open(".", O_WRONLY));
	opened("folder made", open(".", O_RDONLY | O_CREAT, 0600));
	opened("file as folder", open("file", O_RDONLY | O_DIRECTORY));
	opened("file with slash", open("file/", O_RDONLY));
	opened("new with slash", open("other/", O_RDWR | O_CREAT, 0600));
	opened("below a file", open("file/x", O_RDONLY));
	opened("creat", creat("created", 0777));
	try("umask", umask(077));
	fd = opened("masked", open("masked", O_CREAT | O_WRONLY, 0777));
	show("masked", fd);
	try("umask", umask(022));
	fd = opened("path", open("file", O_PATH));
	show("path", fd);
	try("read path", read(fd, &other, 1));
	try("chmod path", syscall(SYS_fchmod, fd, 0600));
	opened("openat path", openat(fd, "x", O_RDONLY));
	try("dup path", dup(fd) >= 0 ? 0 : -1);
	try("lseek path", lseek(fd, 0, SEEK_SET));
	fd = opened("unnamed", open(".", O_TMPFILE | O_RDWR, 0600));
	if (fd >= 0) {
		show("unnamed", fd);
		try("write", write(fd, "unnamed", 7));
		try("link", linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH));
		show("named", fd);
		hash("named", fd);
	}
}

static void offsets(void)
{
	int fd = opened("offsets", open("offsets", O_RDWR | O_CREAT | O_TRUNC, 0644));
	struct iovec out[3] = {{"one ", 4}, {"", 0}, {"two\n", 4}}, in[2];
	char a[6], b[100];
	int copy;

	try("writev", writev(fd, out, 3));
	try("pwrite", pwrite(fd, "X", 1, 2));
	try("pwrite far", pwrite(fd, "end", 3, 10 * PAGE));
	try("pwrite negative", pwrite(fd, "end", 3, -1));
	try("where", lseek(fd, 0, SEEK_CUR));
	try("end", lseek(fd, 0, SEEK_END));
	try("beyond", lseek(fd, 5, SEEK_END));
	try("read beyond", read(fd, a, 6));
	try("before", lseek(fd, -1, SEEK_SET));
	try("bad whence", lseek(fd, 0, 77));
	try("preadv",
	    preadv(fd, (in[0] = (struct iovec){a, 6}, in[1] = (struct iovec){b, 100}, in), 2, 0));
	printf("%.6s%.2s\n", a, b);
	try("preadv2", syscall(SYS_preadv2, fd, in, 2, 4L, 0L, 0));
	try("preadv2 own", (lseek(fd, 3, SEEK_SET), syscall(SYS_preadv2, fd, in, 1, -1L, 0L, 0)));
	try("where", lseek(fd, 0, SEEK_CUR));
	try("preadv2 flags", syscall(SYS_preadv2, fd, in, 1, 0L, 0L, 0x40000000));
	try("pwritev2 append", syscall(SYS_pwritev2, fd, out, 1, 0L, 0L, APPEND));
	try("size", lseek(fd, 0, SEEK_END));
	try("readv too many", syscall(SYS_readv, fd, in, 1025));
	try("readv negative", syscall(SYS_readv, fd, in, -1));
	in[0].iov_len = -1;
	try("readv huge", readv(fd, in, 1));
	copy = dup(fd);
	lseek(fd, 7, SEEK_SET);
	try("shared offset", lseek(copy, 0, SEEK_CUR));
	hash("offsets", fd);
	try("big offset", lseek(fd, 0x7fffffffffffffff, SEEK_SET));
	try("write there", write(fd, "x", 1));
	try("seek over the end", lseek(fd, 1, SEEK_CUR));
	close(fd);
	close(copy);
}

static void holes(void)
{
	int fd = opened("holes", open("holes", O_RDWR | O_CREAT | O_TRUNC, 0644));
	static char block[3 * PAGE];

	memset(block, 'b', sizeof(block));
	try("grow", ftruncate(fd, 100 * PAGE + 10));
	show("sparse", fd);
	try("data", lseek(fd, 0, SEEK_DATA));
	try("hole", lseek(fd, 0, SEEK_HOLE));
	try("write", pwrite(fd, block, sizeof(block), 20 * PAGE));
	show("with data", fd);
	try("data", lseek(fd, 0, SEEK_DATA));
	try("hole", lseek(fd, 20 * PAGE + 5, SEEK_HOLE));
	try("data inside", lseek(fd, 21 * PAGE + 5, SEEK_DATA));
	try("data behind", lseek(fd, 24 * PAGE, SEEK_DATA));
	try("hole at the end", lseek(fd, 100 * PAGE + 10, SEEK_HOLE));
	try("hole below", lseek(fd, -1, SEEK_HOLE));
	hash("holes", fd);
	try("punch", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 20 * PAGE + 100,
			       PAGE + PAGE));
	show("punched", fd);
	hash("punched", fd);
	try("shrink", ftruncate(fd, 22 * PAGE + 7));
	try("grow", ftruncate(fd, 23 * PAGE));
	show("cut", fd);
	hash("cut", fd);
	try("allocate", fallocate(fd, 0, 0, 30 * PAGE));
	show("allocated", fd);
	try("keep size", fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 40 * PAGE));
	show("kept", fd);
	hash("allocated", fd);
	try("negative", fallocate(fd, 0, -1, 1));
	try("nothing", fallocate(fd, 0, 0, 0));
	try("too far", fallocate(fd, 0, 0x7fffffffffffff00, 0x1000));
	try("punch and grow", fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, PAGE));
	try("unknown", fallocate(fd, 0x1000, 0, PAGE));
	try("negative size", ftruncate(fd, -1));
	try("truncate", truncate("holes", 5));
	show("truncated", fd);
	try("truncate nothing", truncate("missing", 5));
	try("truncate a folder", truncate(".", 5));
	try("far", pwrite(fd, "x", 1, 1L << 40));
	show("far", fd);
	try("data", lseek(fd, PAGE, SEEK_DATA));
	try("hole", lseek(fd, 1L << 40, SEEK_HOLE));
	try("empty", ftruncate(fd, 0));
	show("empty", fd);
	close(fd);
}

static void copies(void)
{
	int from = opened("from", open("from", O_RDWR | O_CREAT | O_TRUNC, 0644));
	int to = opened("to", open("to", O_RDWR | O_CREAT | O_TRUNC, 0644));
	static char block[50000];
	off_t offset = 100;
	loff_t in = 10, out = 200000;
	int left;

	for (unsigned int i = 0; i < sizeof(block); i++)
		block[i] = i * 7 % 251;
	for (int i = 0; i < 5; i++)
		write(from, block, sizeof(block));
	try("sendfile", sendfile(to, from, &offset, 100000));
	printf("offset %ld\n", (long)offset);
	try("sendfile at the end", sendfile(to, from, NULL, 10));
	lseek(from, 0, SEEK_SET);
	try("sendfile", sendfile(to, from, NULL, 70000));
	try("where", lseek(from, 0, SEEK_CUR));
	try("where", lseek(to, 0, SEEK_CUR));
	try("copy", copy_file_range(from, &in, to, &out, 1000000, 0));
	printf("in %ld, out %ld\n", (long)in, (long)out);
	try("copy", copy_file_range(from, NULL, to, NULL, 1234, 0));
	try("where", lseek(from, 0, SEEK_CUR));
	in = 0, out = 100;
	try("overlap", copy_file_range(from, &in, from, &out, 1000, 0));
	try("flags", copy_file_range(from, &in, to, &out, 1000, 1));
	hash("to", to);
	lseek(from, 249000, SEEK_SET);
	try("left", ioctl(from, FIONREAD, &left));
	printf("left %d\n", left);
	try("not a terminal", ioctl(from, 0x5401, block));
	try("fsync", fsync(to));
	try("fdatasync", fdatasync(to));
	try("syncfs", syncfs(to));
	try("fsync bad", fsync(99));
	try("bad buffer", syscall(SYS_read, from, 8L, 100));
	try("bad buffer", syscall(SYS_write, from, 8L, 100));
	try("nothing", syscall(SYS_write, from, "", 0));
	close(from);
	close(to);
}

static void many(void)
{
	struct rlimit limit = {100, 100};
	int count = 0, fd;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 200;
	setrlimit(RLIMIT_NOFILE, &limit);
	while ((fd = open("file", O_RDONLY)) >= 0)
		count = fd;
	printf("highest %d: %s\n", count, errno_text());
	try("dup", dup(0));
	try("dup2", dup2(0, 200));
	try("dup2", dup2(0, 199));
	try("dupfd", fcntl(0, F_DUPFD, 200));
	try("close_range", syscall(SYS_close_range, 50, 1000, 0));
	try("lowest", dup(0));
	try("closed", fcntl(150, F_GETFD));
}

int main(int argc, char **argv)
{
	start(argc, argv);
	opening();
	offsets();
	holes();
	copies();
	many();
	return 0;
}
