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

/* While a signal waits, what can be written without blocking still is, as on Linux: the host's
 * timer ends the rest. */
static long write_part(unsigned int stream, const char *buffer, size_t length)
{
	struct host_pollfd poll = {.fd = (s32)stream, .events = HOST_POLLOUT};
	bool interrupted = uk_signal_pending();
	long written;

	if (interrupted) {
		timer_fire_soon();
		written = HOST(write, stream, buffer, length);
	} else {
		written = host_wait(SYS_write, stream, (u64)buffer, length, 0, 0);
	}
	/* Whoever else has the descriptor made it so. */
	if (written == -EAGAIN)
		written = interrupted || host_wait(SYS_ppoll, (u64)&poll, 1, 0, 0, SIGSET_SIZE) < 0
				  ? -EINTR
				  : -ERESTART;
	return written;
}

ssize_t ukplat_stream_write(unsigned int stream, const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		long written = write_part(stream, (const char *)buffer + done, length - done);

		if (written == -ERESTART)
			continue;
		if (written == -EINTR) {
			if (!uk_signal_pending())
				continue;
			written = -UK_ERESTART;
		}
		if (written < 0)
			return done ? (ssize_t)done : written;
		done += (size_t)written;
	}
	return (ssize_t)done;
}

/* Waits for input, as long as nanoseconds and the timer allow. True when a read does not block. */
static bool input_arrived(unsigned int stream, u64 nanoseconds)
{
	struct host_timespec time = {(s64)(nanoseconds / NS_PER_SECOND),
				     (s64)(nanoseconds % NS_PER_SECOND)};
	struct host_pollfd poll = {.fd = (s32)stream, .events = HOST_POLLIN};

	if (nanoseconds == 0)
		return HOST(ppoll, &poll, 1, &time, NULL, SIGSET_SIZE) > 0;
	return host_wait(SYS_ppoll, (u64)&poll, 1, nanoseconds == UINT64_MAX ? 0 : (u64)&time, 0,
			 SIGSET_SIZE) > 0;
}

ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length, bool nonblocking)
{
	for (;;) {
		bool interrupted = uk_signal_pending();

		if (input_arrived(stream, nonblocking || interrupted ? 0 : UINT64_MAX)) {
			/* It blocks when another process was quicker. */
			long got = host_wait(SYS_read, stream, (u64)buffer, length, 0, 0);

			if (got != -EAGAIN && got != -EINTR && got != -ERESTART)
				return got;
		} else if (nonblocking) {
			return -EAGAIN;
		} else if (interrupted) {
			return -UK_ERESTART;
		}
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
