/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's standard streams, which are the process's own; and waiting. */
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

/* While a signal is pending, data that can be written without blocking are still written, as on
 * Linux: the host's timer interrupts the rest. */
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
	/* Another holder of the descriptor has made it nonblocking. */
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

/* Set when a reader found no input. Otherwise end-of-file, or input that nobody reads, would end
 * every wait. */
static bool is_awaited;

/* Waits up to nanoseconds, or until the timer fires. True if a read would not block; for stream -1
 * there is never input (poll(2)). */
static bool wait_for_input(int stream, u64 nanoseconds)
{
	struct host_timespec time = {(s64)(nanoseconds / NS_PER_SECOND),
				     (s64)(nanoseconds % NS_PER_SECOND)};
	struct host_pollfd poll = {.fd = stream, .events = HOST_POLLIN};

	return host_wait(SYS_ppoll, (u64)&poll, 1, nanoseconds == UINT64_MAX ? 0 : (u64)&time, 0,
			 SIGSET_SIZE) > 0;
}

static bool look_for_input(unsigned int stream)
{
	const struct host_timespec none = {0};
	struct host_pollfd poll = {.fd = (s32)stream, .events = HOST_POLLIN};
	bool arrived = HOST(ppoll, &poll, 1, &none, NULL, SIGSET_SIZE) > 0;

	if (stream == 0 && !arrived)
		is_awaited = true;
	return arrived;
}

ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length, bool nonblocking)
{
	for (;;) {
		bool interrupted = uk_signal_pending();

		if (nonblocking || interrupted ? look_for_input(stream)
					       : wait_for_input((int)stream, UINT64_MAX)) {
			/* It blocks if another process has read the input first. */
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
	return look_for_input(stream) ? 1 : 0;
}

void ukplat_wait(u64 deadline)
{
	u64 now = deadline == UINT64_MAX ? 0 : ukplat_monotonic_ns();

	if (deadline <= now)
		return;
	if (wait_for_input(is_awaited ? 0 : -1,
			   deadline == UINT64_MAX ? UINT64_MAX : deadline - now))
		is_awaited = false;
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
