/* A pair of terminals, for tests: its two ends, and functions that use them and show what happens.
 */
#ifndef TESTS_TERMINAL_PAIR_H
#define TESTS_TERMINAL_PAIR_H

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

int posix_openpt(int flags);

static int master, slave;
static void *volatile bad_pointer = (void *)1;
static char name[64];

static inline void show(const char *what, long result)
{
	if (result < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: %ld\n", what, result);
}

static inline void show_bytes(const char *what, const unsigned char *bytes, ssize_t count)
{
	printf("%s: %zd", what, count);
	for (ssize_t i = 0; i < count; i++)
		printf(" %02x", bytes[i]);
	if (count < 0)
		printf(" %s", strerror(errno));
	printf("\n");
}

static inline void open_pair(int flags)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | flags);
	if (master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, sizeof(name))) {
		printf("no pair: %s\n", strerror(errno));
		exit(1);
	}
	slave = open(name, O_RDWR | O_NOCTTY | flags);
	if (slave < 0) {
		printf("no slave: %s\n", strerror(errno));
		exit(1);
	}
}

static inline void close_pair(void)
{
	close(master);
	close(slave);
}

static inline void poll_one(const char *what, int descriptor)
{
	struct pollfd set = {.fd = descriptor, .events = POLLIN | POLLOUT | POLLPRI};

	show(what, poll(&set, 1, 0));
	printf("events %x\n", (unsigned int)set.revents);
}

/* On Linux bytes arrive at the other end a little later. */
static inline void settle(void)
{
	struct pollfd set[2] = {{.fd = slave, .events = POLLPRI},
				{.fd = master, .events = POLLPRI}};
	const struct timespec pause = {0, 3000000};

	poll(set, 2, 0);
	nanosleep(&pause, NULL);
	poll(set, 2, 0);
}

static inline void put(int descriptor, const char *text, size_t count)
{
	ssize_t done = write(descriptor, text, count);

	if (done != (ssize_t)count)
		show("written", done);
	settle();
}

static inline void type(const char *text)
{
	put(master, text, strlen(text));
}

static inline void get(const char *what, int descriptor, size_t count)
{
	unsigned char bytes[4096];

	show_bytes(what, bytes, read(descriptor, bytes, count));
}

static inline void get_echo(void)
{
	get("echo", master, 4096);
}

static inline struct termios2 mode_of(int descriptor)
{
	struct termios2 mode;

	if (ioctl(descriptor, TCGETS2, &mode))
		printf("no mode: %s\n", strerror(errno));
	return mode;
}

static inline void set_mode(tcflag_t clear_input, tcflag_t set_input, tcflag_t clear_local,
			    tcflag_t set_local)
{
	struct termios2 mode = mode_of(slave);

	mode.c_iflag = (mode.c_iflag & ~clear_input) | set_input;
	mode.c_lflag = (mode.c_lflag & ~clear_local) | set_local;
	if (ioctl(slave, TCSETS2, &mode))
		show("mode", -1);
}

static inline void set_minimum(unsigned char minimum, unsigned char time)
{
	struct termios2 mode = mode_of(slave);

	mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	mode.c_cc[VMIN] = minimum;
	mode.c_cc[VTIME] = time;
	if (ioctl(slave, TCSETS2, &mode))
		show("mode", -1);
}

static inline long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct later {
	int descriptor, milliseconds, count;
	const char *text;
};

static inline void *put_later(void *argument)
{
	const struct later *later = argument;

	for (int i = 0; i < later->count; i++) {
		usleep((useconds_t)later->milliseconds * 1000);
		if (write(later->descriptor, later->text + i, 1) != 1)
			printf("not written\n");
	}
	return NULL;
}

#endif
