/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's streams, which are the process's own, its controlling terminal, and waiting. */
#include <uk/errno.h>
#include <uk/signal.h>

#include "clock.h"
#include "host.h"
#include "platform.h"
#include "terminal.h"

#define NS_PER_SECOND 1000000000UL
/* After so much time without anything to do, free memory is given back to the host. */
#define IDLE_NS	      200000000UL
#define SIGSET_SIZE   8

/* While a signal is pending, data that can be written without blocking are still written, as on
 * Linux: the host's timer interrupts the rest. */
static long write_part(unsigned int stream, const char *buffer, size_t length)
{
	int descriptor = terminal_descriptor(stream);
	struct host_pollfd poll = {.fd = descriptor, .events = HOST_POLLOUT};
	bool interrupted = uk_signal_is_due();
	long written;

	if (interrupted) {
		timer_fire_soon();
		written = HOST(write, descriptor, buffer, length);
	} else {
		written = host_wait(SYS_write, (u64)descriptor, (u64)buffer, length, 0, 0);
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
			if (!uk_signal_is_due())
				continue;
			written = -UK_ERESTART;
		}
		if (written < 0)
			return done ? (ssize_t)done : written;
		done += (size_t)written;
	}
	return (ssize_t)done;
}

/* Bit n: a reader found no input in stream n. Otherwise end-of-file, or input that nobody reads,
 * would end every wait. */
static unsigned int awaited;

static bool look_for_input(unsigned int stream)
{
	const struct host_timespec none = {0};
	struct host_pollfd poll = {.fd = terminal_descriptor(stream), .events = HOST_POLLIN};
	bool arrived = HOST(ppoll, &poll, 1, &none, NULL, SIGSET_SIZE) > 0;

	if (!arrived)
		awaited |= 1u << terminal_source(stream);
	return arrived;
}

ssize_t ukplat_stream_read(unsigned int stream, void *buffer, size_t length)
{
	while (look_for_input(stream)) {
		/* It blocks if another process has read the input first. */
		long got = host_wait(SYS_read, (u64)terminal_descriptor(stream), (u64)buffer,
				     length, 0, 0);

		if (got != -EAGAIN && got != -EINTR && got != -ERESTART)
			return got;
		if (uk_signal_is_due())
			return -UK_ERESTART;
	}
	return -EAGAIN;
}

size_t ukplat_stream_readable(unsigned int stream)
{
	return look_for_input(stream) ? 1 : 0;
}

/* The descriptor whose input ends a wait; -1: none (poll(2)). */
static int awaited_descriptor(void)
{
	if (!awaited)
		return -1;
	if (awaited & (awaited - 1))
		return cage.inputs;
	return terminal_descriptor((unsigned int)__builtin_ctz(awaited));
}

void ukplat_wait(u64 deadline)
{
	bool has_surplus = memory_has_surplus();
	u64 now = deadline == UINT64_MAX && !has_surplus ? 0 : ukplat_monotonic_ns();
	u64 until = has_surplus ? MIN(deadline, now + IDLE_NS) : deadline;
	struct host_timespec time = {(s64)((until - now) / NS_PER_SECOND),
				     (s64)((until - now) % NS_PER_SECOND)};
	struct host_pollfd poll = {.fd = awaited_descriptor(), .events = HOST_POLLIN};
	long result;

	if (deadline <= now)
		return;
	result = host_wait(SYS_ppoll, (u64)&poll, 1, until == UINT64_MAX ? 0 : (u64)&time, 0,
			   SIGSET_SIZE);
	if (result > 0)
		awaited = 0;
	else if (result == 0 && until < deadline)
		memory_give_back();
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

void clock_read_reference(struct clock_sample *sample)
{
	static u64 first_ns;
	u64 before = rdtsc(), now = host_clock(HOST_CLOCK_MONOTONIC);

	clock_sample_between(sample, before, rdtsc());
	if (!first_ns)
		first_ns = now;
	sample->ns = now - first_ns;
}
