/* poll(2) and ppoll(2) on pipes with and without input; the same on Linux. */
#define _GNU_SOURCE
#include "errno_text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void handler(int signal)
{
	handled++;
}

int main(void)
{
	struct pollfd fds[4] = {
		{.fd = 0, .events = POLLIN},
		{.fd = 1, .events = POLLOUT},
		{.fd = 77, .events = POLLIN},
		{.fd = -1, .events = POLLIN},
	};
	struct timespec moment = {.tv_nsec = 20000000}, bad = {.tv_nsec = -1};
	struct sigaction action = {.sa_handler = handler};
	sigset_t blocked, none;
	char line[16];
	int ready;

	/* Input reaches a virtual machine with a delay: first wait only for it. */
	printf("input %d\n", poll(fds, 1, -1));
	ready = poll(fds, 4, -1);
	printf("ready %d: %d %d %d %d\n", ready, fds[0].revents & POLLIN, fds[1].revents,
	       fds[2].revents, fds[3].revents);
	printf("read %zd\n", read(0, line, sizeof(line)));
	printf("none %d\n", poll(NULL, 0, 10));
	printf("wild %d %s\n", poll((void *)8, 1, 0), errno_text());
	printf("too many %d %s\n", poll(fds, 1 << 30, 0), errno_text());
	printf("bad time %d %s\n", ppoll(fds, 0, &bad, NULL), errno_text());
	printf("later %d\n", ppoll(NULL, 0, &moment, NULL));
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGUSR1);
	printf("interrupted %d %s", ppoll(NULL, 0, NULL, &none), errno_text());
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	printf(", handled %d, blocked again %d\n", handled, sigismember(&blocked, SIGUSR1));
	fds[0].fd = open("/dev/null", O_RDWR);
	printf("device %d\n", poll(fds, 1, 0));
	return 0;
}
