/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and writing the host's streams. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/wait.h>

#include "console.h"

#define BOUNCE_SIZE 16384 /* bytes moved at a time */
#define SMALL_SIZE  512	  /* the same when memory is short */

#define READABLE (POLLIN | POLLRDNORM)

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

/* Input of the streams. */
static struct input {
	struct uk_wait_source source;
	bool told; /* the queue was woken, and nobody has read, or found no input, since */
} inputs[UKPLAT_STREAMS];

static bool ask_for_input(struct uk_wait_source *source)
{
	struct input *input = container_of(source, struct input, source);

	if (input->told || !ukplat_stream_readable((unsigned int)(input - inputs)))
		return false;
	input->told = true;
	uk_wait_wake_all(&source->queue, READABLE);
	return true;
}

static int add_inputs(void)
{
	for (unsigned int stream = 0; stream < UKPLAT_STREAMS; stream++) {
		inputs[stream].source.ask = ask_for_input;
		uk_wait_add_source(&inputs[stream].source);
	}
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, add_inputs);

static ssize_t look(const struct uk_file *file, char *memory, size_t size)
{
	inputs[file->number].told = false;
	return ukplat_stream_read(file->number, memory, size);
}

static ssize_t read_stream(const struct uk_file *file, char *memory, size_t size)
{
	ssize_t got = look(file, memory, size);
	u64 timeout, deadline;
	int error;

	if (got != -EAGAIN)
		return got;
	timeout = terminal_read_timeout(file->number);
	if (timeout == 0)
		return 0;
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	deadline = timeout == UINT64_MAX ? UINT64_MAX : ukplat_monotonic_ns() + timeout;
	error = uk_wait_until(&inputs[file->number].source.queue, READABLE, false,
			      (got = look(file, memory, size)) != -EAGAIN, deadline);
	if (error)
		return error == -ETIMEDOUT ? 0 : -UK_ERESTART;
	return got;
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

	if (wanted & POLLIN) {
		if (ukplat_stream_readable(file->number) > 0)
			events |= POLLIN;
		else
			inputs[file->number].told = false;
	}
	return events;
}

static struct uk_wait_queue *console_queue(struct uk_file *file, u32 *events)
{
	return &inputs[file->number].source.queue;
}

static int console_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "pipe:[%lu]", file->vnode->ino);
}

const struct uk_file_operations console_operations = {
	.read = console_read,
	.write = console_write,
	.poll = console_poll,
	.queue = console_queue,
	.ioctl = terminal_ioctl,
	.name = console_name,
};
