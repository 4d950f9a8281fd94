/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and writing the host's streams. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "console.h"

#define BOUNCE_SIZE 16384 /* bytes moved at a time */
#define SMALL_SIZE  512	  /* the same when memory is short */

static ssize_t write_part(struct uk_file *file, const void *buffer, size_t length, char *memory)
{
	size_t missing = copy_from_buffer(memory, buffer, length);
	ssize_t written;

	if (missing == length)
		return -EFAULT;
	written = ukplat_stream_write(file->number, memory, length - missing);
	if (written == -EPIPE) {
		const siginfo_t information = {.si_signo = SIGPIPE, .si_code = SI_KERNEL};

		uk_signal_send(uk_signal_to_thread(uk_thread_current()), &information);
	}
	return written;
}

/* Copies through kernel memory, because devices can only read that. */
static __attribute__((noinline)) ssize_t write_all(struct uk_file *file, const void *buffer,
						   size_t length)
{
	size_t size = MIN(length, (size_t)BOUNCE_SIZE), done = 0;
	ssize_t written = 0;
	char *memory;

	memory = uk_malloc(size);
	if (!memory) {
		size = MIN(size, (size_t)SMALL_SIZE);
		memory = uk_malloc(size);
	}
	if (!memory)
		return -ENOMEM;
	while (done < length) {
		size_t part = MIN(size, length - done);

		written = write_part(file, (const char *)buffer + done, part, memory);
		if (written < 0)
			break;
		done += (size_t)written;
		if ((size_t)written < part)
			break;
	}
	uk_free(memory);
	return done ? (ssize_t)done : written;
}

static ssize_t console_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	return length ? write_all(file, buffer, length) : 0;
}

/* Only waiting for input lets other threads run. */
static ssize_t read_stream(const struct uk_file *file, char *memory, size_t size)
{
	bool nonblocking = file->flags & O_NONBLOCK, shared = file->number == 0;

	for (;;) {
		ssize_t got = ukplat_stream_read(file->number, memory, size, nonblocking || shared);

		if (got != -EAGAIN || nonblocking)
			return got;
		if (uk_signal_pending())
			return -UK_ERESTART;
		uk_sched_wait(UINT64_MAX);
	}
}

static ssize_t console_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	char small[SMALL_SIZE], *memory = small;
	size_t size = MIN(length, (size_t)BOUNCE_SIZE);
	ssize_t got;

	if (length == 0)
		return 0;
	if (size > sizeof(small))
		memory = uk_malloc(size);
	if (!memory) {
		memory = small;
		size = sizeof(small);
	}
	got = read_stream(file, memory, size);
	if (got > 0 && copy_to_buffer(buffer, memory, (size_t)got))
		got = -EFAULT;
	if (memory != small)
		uk_free(memory);
	return got;
}

static int console_poll(struct uk_file *file, int wanted)
{
	int events = wanted & POLLOUT;

	if (wanted & POLLIN && ukplat_stream_readable(file->number) > 0)
		events |= POLLIN;
	return events;
}

static int console_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "pipe:[%lu]", file->vnode->ino);
}

const struct uk_file_operations console_operations = {
	.read = console_read,
	.write = console_write,
	.poll = console_poll,
	.ioctl = terminal_ioctl,
	.name = console_name,
};
