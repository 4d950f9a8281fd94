/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing. */
#include <uk/alloc.h>
#include <uk/signal.h>
#include <uk/uaccess.h>

#include "tty.h"

#define PART_MAX   2048 /* tty_io.c: bytes copied at a time */
#define PART_SMALL 128	/* the same on the stack, which is enough for most lines */

/* Waits until the device has room again. Nothing has run since there was too little. */
static void wait_for_room(struct uk_tty *tty)
{
	struct uk_wait_one one;

	uk_wait_begin_one(&one, &tty->queue, TTY_WRITABLE | POLLHUP, false);
	uk_wait_for_wake_or_stop(&one.wait, UINT64_MAX);
	uk_wait_end_one(&one);
}

/* Outputs bytes of the kernel's memory. Returns their number, or an error if there are none. */
static ssize_t output(struct uk_tty *tty, const struct uk_file *file, const u8 *bytes,
		      size_t length)
{
	size_t done = 0;

	echo_process(tty);
	for (;;) {
		if (uk_signal_is_due())
			return done ? (ssize_t)done : -UK_ERESTART;
		if (tty_is_hung_up(file))
			return done ? (ssize_t)done : -EIO;
		if (tty_output_flag(tty, OPOST))
			done += output_bytes(tty, bytes + done, length - done);
		else
			done += tty->operations->write(tty, bytes + done, length - done);
		tty_push(tty);
		if (done == length)
			return (ssize_t)done;
		if (file->flags & O_NONBLOCK)
			return done ? (ssize_t)done : -EAGAIN;
		wait_for_room(tty);
	}
}

ssize_t tty_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	struct uk_tty *tty = uk_tty_of(file);
	u8 small[PART_SMALL], *memory = small;
	size_t size = MIN(length, (size_t)PART_MAX), done = 0;
	ssize_t result;

	if (tty_is_hung_up(file))
		return -EIO;
	result = tty_local_flag(tty, TOSTOP) ? control_check(tty, SIGTTOU) : 0;
	if (result || !length)
		return result;
	if (size > sizeof(small))
		memory = uk_malloc(size);
	if (!memory) {
		memory = small;
		size = sizeof(small);
	}
	while (done < length) {
		size_t part = MIN(size, length - done);

		result = copy_from_buffer(memory, (const char *)buffer + done, part)
				 ? -EFAULT
				 : output(tty, file, memory, part);
		if (result < 0)
			break;
		done += (size_t)result;
		if ((size_t)result < part)
			break;
	}
	if (memory != small)
		uk_free(memory);
	return done ? (ssize_t)done : result;
}
