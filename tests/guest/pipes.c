/* pipe(2), pipe2(2) and the rules of pipe(7) for reading, writing and polling; the same on Linux.
 */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

static char block[1 << 20];
static int ends[2];
static volatile sig_atomic_t caught, reader = -1;

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static void events(const char *what)
{
	struct pollfd fds[2] = {{ends[0], POLLIN | POLLRDNORM, 0},
				{ends[1], POLLOUT | POLLWRNORM, 0}};
	int bytes = -1;

	ioctl(ends[0] >= 0 ? ends[0] : ends[1], FIONREAD, &bytes);
	printf("%s: poll %d", what, poll(fds, 2, 0));
	printf(" %#x %#x, %d bytes\n", fds[0].revents, fds[1].revents, bytes);
}

static void open_pipe(int flags)
{
	close(ends[0]);
	close(ends[1]);
	result("pipe2", pipe2(ends, flags));
}

/* How many writes of that size fit, and the remaining space. */
static void fill(size_t size)
{
	long writes = 0, part, total = 0;

	while ((part = write(ends[1], block, size)) > 0) {
		writes++;
		total += part;
	}
	printf("writes of %zu: %ld, %ld bytes, then %s\n", size, writes, total, errno_text());
	events("filled");
	while ((part = read(ends[0], block, sizeof(block))) > 0)
		total -= part;
	printf("drained: %ld left, %s\n", total, errno_text());
}

static void on_signal(int number)
{
	caught++;
	if (reader >= 0) {
		close(reader);
		reader = -1;
	}
	if (number == SIGALRM)
		alarm(0);
}

static void made(void)
{
	struct stat first, second;

	result("pipe", pipe(ends));
	printf("descriptors %d %d\n", ends[0], ends[1]);
	fstat(ends[0], &first);
	fstat(ends[1], &second);
	printf("mode %o, size %ld, links %ld, block size %ld, one inode %d\n", first.st_mode,
	       (long)first.st_size, (long)first.st_nlink, (long)first.st_blksize,
	       first.st_ino == second.st_ino);
	printf("flags %#x %#x, close on exec %d\n", fcntl(ends[0], F_GETFL),
	       fcntl(ends[1], F_GETFL), fcntl(ends[0], F_GETFD));
	result("seek", lseek(ends[0], 0, SEEK_SET));
	result("pread", pread(ends[0], block, 1, 0));
	result("read the write end", read(ends[1], block, 1));
	result("write the read end", write(ends[0], block, 1));
	result("truncate", ftruncate(ends[1], 0));
	result("terminal", ioctl(ends[0], TIOCGWINSZ, block));
	result("bad flags", pipe2(ends, O_APPEND));
	result("bad memory", pipe((void *)8));
	result("next descriptor", fcntl(0, F_DUPFD, 0));
	open_pipe(O_CLOEXEC | O_NONBLOCK);
	printf("flags %#x %#x, close on exec %d\n", fcntl(ends[0], F_GETFL),
	       fcntl(ends[1], F_GETFL), fcntl(ends[1], F_GETFD));
}

static void bytes(void)
{
	char text[64] = "";
	struct iovec three[3] = {{text, 4}, {text + 8, 4}, {text + 16, 4}};

	open_pipe(0);
	result("write", write(ends[1], "one two three", 13));
	events("written");
	result("read", read(ends[0], text, 4));
	printf("[%.4s]\n", text);
	result("read vector", readv(ends[0], three, 3));
	printf("[%.4s][%.4s][%.4s]\n", text, text + 8, text + 16);
	result("write vector", writev(ends[1], three, 3));
	result("read it", read(ends[0], block, sizeof(block)));
	result("short vector", write(ends[1], "abcd", 4));
	result("read vector", readv(ends[0], three, 3));
	result("nothing to write", write(ends[1], block, 0));
	result("nothing to read", read(ends[0], block, 0));
	result("wild write", write(ends[1], (void *)8, 4));
	result("write", write(ends[1], "kept", 4));
	result("wild read", read(ends[0], (void *)8, 4));
	result("read", read(ends[0], text, sizeof(text)));
	printf("[%.4s]\n", text);
}

static void faults(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(pages + 4096, 4096);
	open_pipe(O_NONBLOCK);
	result("write over the edge", write(ends[1], pages, 4097));
	result("write far over it", write(ends[1], pages + 4000, 8192));
	events("faulted");
	result("read all", read(ends[0], block, sizeof(block)));
	result("write two pages", write(ends[1], block, 8192));
	result("read over the edge", read(ends[0], pages, 8192));
	events("kept");
}

static void ended(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	open_pipe(0);
	write(ends[1], "last", 4);
	close(ends[1]);
	ends[1] = -1;
	events("writer gone");
	result("read", read(ends[0], block, sizeof(block)));
	result("read the end", read(ends[0], block, sizeof(block)));
	events("at the end");
	sigaction(SIGPIPE, &action, NULL);
	open_pipe(0);
	close(ends[0]);
	ends[0] = -1;
	events("reader gone");
	result("write", write(ends[1], "x", 1));
	result("write nothing", write(ends[1], "x", 0));
	printf("SIGPIPE %d\n", caught);
	signal(SIGPIPE, SIG_IGN);
	result("write", write(ends[1], "x", 1));
}

static void sizes(void)
{
	open_pipe(O_NONBLOCK);
	fill(1);
	fill(4095);
	fill(4096);
	fill(4097);
	fill(100000);
	fill(3000);
	result("atomic: fill", write(ends[1], block, 65536 - 4096));
	result("atomic: 4000", write(ends[1], block, 4000));
	result("atomic: 97", write(ends[1], block, 97));
	result("atomic: 96", write(ends[1], block, 96));
	result("partial: make room", read(ends[0], block, 4096));
	result("partial", write(ends[1], block, 5000));
	result("get size", fcntl(ends[0], F_GETPIPE_SZ));
	result("too small", fcntl(ends[0], F_SETPIPE_SZ, 4096));
	result("drain", read(ends[0], block, sizeof(block)));
	result("set size", fcntl(ends[1], F_SETPIPE_SZ, 0));
	fill(100);
	result("set size", fcntl(ends[1], F_SETPIPE_SZ, 5000));
	fill(100);
	result("set size", fcntl(ends[1], F_SETPIPE_SZ, 300000));
	fill(8192);
	result("absurd size", fcntl(ends[1], F_SETPIPE_SZ, -1));
	result("size of a file", fcntl(open("/dev/null", O_RDONLY), F_GETPIPE_SZ));
}

static void packets(void)
{
	char text[8];

	open_pipe(O_DIRECT | O_NONBLOCK);
	printf("flags %#x\n", fcntl(ends[1], F_GETFL));
	write(ends[1], "first", 5);
	write(ends[1], "second", 6);
	events("packets");
	result("part of a packet", read(ends[0], text, 3));
	result("next packet", read(ends[0], text, sizeof(text)));
	result("two pages", write(ends[1], block, 8000));
	result("packet", read(ends[0], block, sizeof(block)));
	result("packet", read(ends[0], block, sizeof(block)));
	fill(1);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	write(ends[1], "plain", 5);
	write(ends[1], "bytes", 5);
	result("no packets", read(ends[0], block, sizeof(block)));
}

/* A timer's signal ends endless waits. */
static void waits(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct itimerval soon = {.it_value.tv_usec = 20000};
	struct pollfd poll_read;

	open_pipe(0);
	caught = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	result("read", read(ends[0], block, 1));
	setitimer(ITIMER_REAL, &soon, NULL);
	result("write too much", write(ends[1], block, 100000));
	events("interrupted");
	setitimer(ITIMER_REAL, &soon, NULL);
	result("write to a full one", write(ends[1], block, 1));
	result("drain", read(ends[0], block, sizeof(block)));
	poll_read = (struct pollfd){.fd = ends[0], .events = POLLIN};
	result("poll", poll(&poll_read, 1, 20));
	setitimer(ITIMER_REAL, &soon, NULL);
	result("poll", poll(&poll_read, 1, -1));
	action.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &action, NULL);
	reader = ends[0];
	setitimer(ITIMER_REAL, &soon, NULL);
	ends[0] = -1;
	/* The handler closes the only reader. */
	result("write without end", write(ends[1], block, 100000));
	result("and again", write(ends[1], block, 1));
	printf("caught %d\n", caught);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	made();
	bytes();
	faults();
	ended();
	sizes();
	packets();
	waits();
	return 0;
}
