/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's standard streams are the process's own; and waiting. */
#include <uk/errno.h>
#include <uk/signal.h>

#include "clock.h"
#include "host.h"
#include "platform.h"

#define NS_PER_SECOND 1000000000UL
#define SIGSET_SIZE   8

void streams_init(void)
{
}

ssize_t ukplat_stream_write(unsigned int stream, const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		long written = HOST(write, stream, (const char *)buffer + done, length - done);
		struct host_pollfd poll = {.fd = (s32)stream, .events = 4 /* POLLOUT */};

		if (written == -EAGAIN) { /* whoever else has the descriptor made it so */
			HOST(ppoll, &poll, 1, NULL, NULL, SIGSET_SIZE);
			continue;
		}
		if (written == -EINTR)
			continue;
		if (written < 0)
			return done ? (ssize_t)done : written;
		done += (size_t)written;
	}
	return (ssize_t)done;
}

/* Waits for input, unless nonblocking. True when a read does not block. */
static bool input_arrived(unsigned int stream, u64 nanoseconds)
{
	struct host_timespec time = {(s64)(nanoseconds / NS_PER_SECOND),
				     (s64)(nanoseconds % NS_PER_SECOND)};
	struct host_pollfd poll = {.fd = (s32)stream, .events = HOST_POLLIN};

	return HOST(ppoll, &poll, 1, nanoseconds == UINT64_MAX ? NULL : &time, NULL, SIGSET_SIZE) !=
	       0;
}

ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length, bool nonblocking)
{
	for (;;) {
		long got;

		if (!input_arrived(stream, nonblocking ? 0 : UINT64_MAX)) {
			if (nonblocking)
				return -EAGAIN;
			continue;
		}
		got = HOST(read, stream, buffer, length);
		if (got == -EAGAIN || got == -EINTR)
			continue;
		return got;
	}
}

size_t ukplat_stream_readable(unsigned int stream)
{
	return input_arrived(stream, 0) ? 1 : 0;
}

void ukplat_wait(u64 deadline)
{
	u64 now = deadline == UINT64_MAX ? 0 : ukplat_monotonic_ns();

	if (deadline <= now)
		return;
	input_arrived(0, deadline == UINT64_MAX ? UINT64_MAX : deadline - now);
}

static u64 host_clock(u64 clock)
{
	struct host_timespec time;

	HOST(clock_gettime, clock, &time);
	return (u64)time.tv_sec * NS_PER_SECOND + (u64)time.tv_nsec;
}

u64 clock_epoch_ns(void)
{
	return host_clock(HOST_CLOCK_REALTIME);
}

u64 clock_reference(u64 *ticks)
{
	static u64 first_ns, first_ticks;
	u64 now = host_clock(HOST_CLOCK_MONOTONIC);

	*ticks = rdtsc();
	if (!first_ns) {
		first_ns = now;
		first_ticks = *ticks;
	}
	*ticks -= first_ticks;
	return now - first_ns;
}
