/* FIFOs: fifo(7), the rules of open(2); the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#define NAME "a_fifo"

static volatile sig_atomic_t opened = -1, open_as;

static void result(const char *what, long value)
{
	printf("%s: %ld %s\n", what, value, value < 0 ? errno_text() : "");
}

static void events(const char *what, int fd)
{
	struct pollfd poll_fd = {fd, POLLIN | POLLOUT, 0};
	int ready = poll(&poll_fd, 1, 0);

	printf("%s: poll %d %#x\n", what, ready, poll_fd.revents);
}

static void on_alarm(int signal)
{
	if (open_as)
		opened = open(NAME, open_as);
}

static void in_a_moment(int flags)
{
	struct itimerval soon = {.it_value.tv_usec = 20000};
	struct sigaction action = {.sa_handler = on_alarm};

	open_as = flags;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

int main(void)
{
	char text[32] = "";
	struct stat status;
	int reader, writer, both;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	unlink(NAME);
	umask(022);
	result("mkfifo", mkfifo(NAME, 0666));
	result("again", mkfifo(NAME, 0666));
	stat(NAME, &status);
	printf("mode %o, size %ld\n", status.st_mode, (long)status.st_size);

	writer = open(NAME, O_WRONLY | O_NONBLOCK);
	result("writer without reader", writer);
	result("neither", open(NAME, O_ACCMODE));
	reader = open(NAME, O_RDONLY | O_NONBLOCK);
	printf("reader %d, flags %#x\n", reader >= 0, fcntl(reader, F_GETFL));
	events("no writer yet", reader);
	result("read", read(reader, text, sizeof(text)));
	writer = open(NAME, O_WRONLY | O_NONBLOCK);
	printf("writer %d\n", writer >= 0);
	events("reader", reader);
	events("writer", writer);
	result("read nothing", read(reader, text, sizeof(text)));
	result("write", write(writer, "through a fifo", 14));
	events("reader", reader);
	close(writer);
	events("writer gone", reader);
	result("read", read(reader, text, 7));
	result("read", read(reader, text, sizeof(text)));
	result("read the end", read(reader, text, sizeof(text)));
	writer = open(NAME, O_WRONLY);
	printf("writer again %d\n", writer >= 0);
	events("reader", reader);
	result("seek", lseek(writer, 0, SEEK_SET));
	write(writer, "lost", 4);
	close(reader);
	events("reader gone", writer);
	result("write", write(writer, "x", 1));
	close(writer);

	both = open(NAME, O_RDWR);
	printf("both %d\n", both >= 0);
	events("both", both);
	result("write", write(both, "to myself", 9));
	events("both", both);
	result("read", read(both, text, sizeof(text)));
	printf("[%.9s]\n", text);
	reader = open(NAME, O_RDONLY);
	printf("reader %d\n", reader >= 0);
	result("size", fcntl(reader, F_GETPIPE_SZ));
	write(both, "kept", 4);
	close(both);
	result("read", read(reader, text, sizeof(text)));
	result("read the end", read(reader, text, sizeof(text)));
	close(reader);

	in_a_moment(0);
	result("open for reading, interrupted", open(NAME, O_RDONLY));
	in_a_moment(0);
	result("open for writing, interrupted", open(NAME, O_WRONLY));
	in_a_moment(O_RDWR);
	reader = open(NAME, O_RDONLY);
	result("the handler opened it too", reader >= 0 ? 0 : reader);
	printf("in the handler %d\n", opened >= 0);
	close(opened);

	result("truncating open", open(NAME, O_RDWR | O_TRUNC) >= 0);
	result("unlink", unlink(NAME));
	result("open nothing", open(NAME, O_RDONLY | O_NONBLOCK));
	return 0;
}
