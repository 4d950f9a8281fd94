/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's terminals: those of the standard streams, and the controlling terminal, which is
 * opened before the cage closes. Their modes are the host's.
 */
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/linux/terminal.h>
#include <uk/signal.h>

#include "host.h"
#include "platform.h"
#include "terminal.h"

/* uapi linux/eventpoll.h */
#define EPOLL_CTL_ADD 1
#define EPOLL_CLOEXEC 02000000
#define EPOLL_INPUT   1

struct epoll_event {
	u32 events;
	u64 data;
} __attribute__((packed));

static unsigned int sources[UKPLAT_STREAMS] = {0, 1, 2, UKPLAT_TERMINAL};

int terminal_descriptor(unsigned int stream)
{
	return stream == UKPLAT_TERMINAL ? cage.terminal : (int)stream;
}

unsigned int terminal_source(unsigned int stream)
{
	return sources[stream];
}

/* Terminals with the same device number have the same input. */
static void find_sources(void)
{
	u32 devices[UKPLAT_STREAMS] = {0};

	for (unsigned int stream = 0; stream < UKPLAT_STREAMS; stream++) {
		if (cage.terminals & 1u << stream)
			HOST(ioctl, terminal_descriptor(stream), TIOCGDEV, &devices[stream]);
		for (unsigned int other = stream; other-- > 0;) {
			if (devices[stream] && devices[other] == devices[stream])
				sources[stream] = other;
		}
	}
}

/* A wait can be for the input of several streams, but the cage lets ppoll(2) have one descriptor. A
 * regular file cannot be in the set; it is never waited for either. */
static void make_set(unsigned int inputs)
{
	cage.inputs = (int)HOST(epoll_create1, EPOLL_CLOEXEC);
	for (unsigned int stream = 0; stream < UKPLAT_STREAMS; stream++) {
		struct epoll_event event = {.events = EPOLL_INPUT};

		if (inputs & 1u << stream)
			HOST(epoll_ctl, cage.inputs, EPOLL_CTL_ADD, terminal_descriptor(stream),
			     &event);
	}
}

/* Opens the controlling terminal, or that of stdin: the machine can have it as its own although it
 * does not control this process. An open file of its own, because of its flags. */
static int open_terminal(void)
{
	const u32 flags = HOST_O_RDWR | HOST_O_NOCTTY | HOST_O_CLOEXEC;
	int descriptor = (int)HOST(open, "/dev/tty", flags, 0);

	return descriptor < 0 ? (int)HOST(open, "/proc/self/fd/0", flags, 0) : descriptor;
}

void ukplat_set_terminals(unsigned int streams)
{
	unsigned int inputs = 1;

	if (!streams)
		return;
	if (streams & 1u << UKPLAT_TERMINAL)
		cage.terminal = open_terminal();
	cage.terminals = streams;
	find_sources();
	for (unsigned int stream = 0; stream < UKPLAT_STREAMS; stream++) {
		if (streams & 1u << stream)
			inputs |= 1u << sources[stream];
	}
	if (inputs & (inputs - 1))
		make_set(inputs);
	signals_of_terminal(cage.report >= 0);
}

void ukplat_terminal_notify(void)
{
	long self = HOST(getpid);

	cage.terminal_is_raw = true;
	signals_of_input();
	HOST(fcntl, cage.terminal, HOST_F_SETOWN, self);
	HOST(fcntl, cage.terminal, F_SETFL, O_RDWR | O_ASYNC);
}

/* TCSETSW and TCSBRK wait until the output is sent. */
long ukplat_terminal_ioctl(unsigned int stream, unsigned int request, void *argument)
{
	for (;;) {
		long result = host_wait(SYS_ioctl, (u64)terminal_descriptor(stream), request,
					(u64)argument, 0, 0);

		if (result != -EINTR && result != -ERESTART)
			return result;
		if (uk_signal_is_due())
			return -UK_ERESTART;
	}
}
