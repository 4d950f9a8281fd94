/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading: lines, or bytes with VMIN and VTIME (termios(3)). */
#include <uk/plat.h>
#include <uk/signal.h>
#include <uk/uaccess.h>

#include "tty.h"

#define NS_PER_TENTH   100000000UL
/* Linux reads through a buffer of this size (tty_io.c, iterate_tty_read()); a VMIN above it ends a
 * read when the buffer is full. */
#define PORTION	       64
#define READ_THRESHOLD 128 /* n_tty.c: the other end can write again when so little is left */

/* What a read needs to know. */
struct reading {
	char *buffer;
	size_t length, done;
	bool faulted;
};

bool read_is_ready(const struct uk_tty *tty, bool for_poll)
{
	u8 minimum = tty_character(tty, VMIN);
	u32 needed = for_poll && !tty_character(tty, VTIME) && minimum ? minimum : 1;

	if (tty_reads_lines(tty))
		return tty->line_end != tty->tail;
	return tty->committed - tty->tail >= needed;
}

u32 read_count(const struct uk_tty *tty)
{
	u32 count = tty->line_end - tty->tail;

	if (!tty_local_flag(tty, ICANON) || tty_local_flag(tty, EXTPROC))
		return tty->head - tty->tail;
	for (u32 position = tty->tail; position != tty->line_end; position++) {
		if (tty_bit(tty->ends, tty_index(position)) &&
		    tty_byte(tty, position) == TTY_DISABLED)
			count--;
	}
	return count;
}

/* Copies bytes from the tail. After a fault the rest is lost, as on Linux. */
static void copy_out(struct uk_tty *tty, struct reading *reading, u32 length)
{
	while (length) {
		u32 index = tty_index(tty->tail);
		u32 part = MIN(length, UK_TTY_BUFFER_SIZE - index);
		size_t missing = reading->faulted ? part
						  : copy_to_buffer(reading->buffer + reading->done,
								   tty->buffer + index, part);

		reading->faulted |= missing != 0;
		reading->done += part - missing;
		reading->length -= part;
		tty->tail += part;
		length -= part;
	}
}

static bool is_end_of_file(const struct uk_tty *tty, u32 position)
{
	return tty_bit(tty->ends, tty_index(position)) && tty_byte(tty, position) == TTY_DISABLED;
}

/* Takes the rest of a line, as far as there is room. */
static void take_line(struct uk_tty *tty, struct reading *reading)
{
	u32 available = tty->line_end - tty->tail, length = 0;
	u32 most = (u32)MIN((size_t)available, reading->length);
	bool ended = false;

	while (length < most && !ended)
		ended = tty_bit(tty->ends, tty_index(tty->tail + length++));
	if (!ended) {
		copy_out(tty, reading, length);
		/* A mark of the end directly following does not give another, empty read. */
		if (tty->tail != tty->line_end && is_end_of_file(tty, tty->tail)) {
			tty_clear_bit(tty->ends, tty_index(tty->tail));
			tty->tail++;
		}
		return;
	}
	if (is_end_of_file(tty, tty->tail + length - 1)) {
		copy_out(tty, reading, length - 1);
		tty_clear_bit(tty->ends, tty_index(tty->tail));
		tty->tail++;
	} else {
		tty_clear_bit(tty->ends, tty_index(tty->tail + length - 1));
		copy_out(tty, reading, length);
	}
	tty->pushed = false;
}

static void take_bytes(struct uk_tty *tty, struct reading *reading)
{
	u32 length = (u32)MIN((size_t)(tty->committed - tty->tail), reading->length);
	bool is_end = tty->canonical && length == 1 && tty->committed - tty->tail == 1 &&
		      tty_byte(tty, tty->tail) == tty_character(tty, VEOF);

	if (is_end && tty_local_flag(tty, EXTPROC))
		tty->tail++;
	else
		copy_out(tty, reading, length);
}

/* There is room for input again. */
static void taken(struct uk_tty *tty)
{
	queue_drain(tty);
	if (tty->operations->resume_input && (tty->head - tty->tail <= READ_THRESHOLD ||
					      uk_tty_receive_room(tty) == UK_TTY_QUEUE_SIZE))
		tty->operations->resume_input(tty);
}

/* Why there is nothing to read: 0 is the end of the file; 1: wait. */
static int why_empty(const struct uk_tty *tty, const struct uk_file *file, u64 deadline)
{
	if (tty->other_closed)
		return -EIO;
	if (tty_is_hung_up(file) || deadline == 0)
		return 0;
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	return 1;
}

static bool has_news(const struct uk_tty *tty, const struct uk_file *file)
{
	return read_is_ready(tty, false) || tty->other_closed || tty_is_hung_up(file) ||
	       (tty->packet && tty->link->packet_status);
}

/* A process that stops does not keep others from reading. */
static int wait_for_input(struct uk_tty *tty, const struct uk_file *file, u64 deadline)
{
	struct uk_wait_one one;
	int error = 0;

	uk_wait_begin_one(&one, &tty->queue, TTY_READABLE | POLLHUP | POLLPRI, false);
	while (!error && !has_news(tty, file))
		error = uk_wait_for_wake_or_stop(&one.wait, deadline);
	uk_wait_end_one(&one);
	return error;
}

static ssize_t put_byte(struct reading *reading, u8 byte)
{
	if (copy_to_buffer(reading->buffer, &byte, 1))
		return -EFAULT;
	reading->done++;
	reading->length--;
	return 1;
}

/* In packet mode: the events that happened, as the only byte. 0: none. */
static ssize_t take_packet_status(struct uk_tty *tty, struct reading *reading)
{
	u8 status;

	if (!tty->packet || !tty->link->packet_status || reading->done)
		return 0;
	status = (u8)tty->link->packet_status;
	tty->link->packet_status = 0;
	return put_byte(reading, status);
}

static u64 tenths_from_now(u8 tenths)
{
	return ukplat_monotonic_ns() + tenths * NS_PER_TENTH;
}

static ssize_t read_all(struct uk_tty *tty, const struct uk_file *file, struct reading *reading)
{
	u8 time = tty_character(tty, VTIME);
	size_t minimum = tty->canonical ? 0 : tty_character(tty, VMIN);
	u64 deadline = UINT64_MAX;
	ssize_t result = 0;

	if (!tty->canonical && !minimum) {
		deadline = time ? tenths_from_now(time) : 0;
		time = 0;
		minimum = 1;
	}
	if (minimum > PORTION)
		reading->length = MIN(reading->length, (size_t)PORTION);
	while (reading->length) {
		result = take_packet_status(tty, reading);
		if (result)
			break;
		if (!read_is_ready(tty, false)) {
			result = why_empty(tty, file, deadline);
			if (result <= 0)
				break;
			result = wait_for_input(tty, file, deadline);
			if (result)
				break;
			continue;
		}
		if (tty_reads_lines(tty)) {
			take_line(tty, reading);
		} else {
			if (tty->packet && !reading->done && put_byte(reading, 0) < 0)
				reading->faulted = true;
			take_bytes(tty, reading);
		}
		taken(tty);
		if (reading->done >= minimum || reading->faulted)
			break;
		if (!tty->canonical && time)
			deadline = tenths_from_now(time);
	}
	if (reading->done)
		return (ssize_t)reading->done;
	if (reading->faulted)
		return -EFAULT;
	return result == -ETIMEDOUT ? 0 : result == -EINTR ? -UK_ERESTART : result;
}

ssize_t tty_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct uk_tty *tty = uk_tty_of(file);
	struct reading reading = {.buffer = buffer, .length = length};
	ssize_t result;

	if (tty_is_hung_up(file))
		return 0;
	result = control_check(tty, SIGTTIN);
	if (result)
		return result;
	/* The bytes of one read are in one piece. */
	if (tty->reading && file->flags & O_NONBLOCK)
		return -EAGAIN;
	if (uk_wait_until(&tty->readers, POLLIN, true, !tty->reading, UINT64_MAX))
		return -UK_ERESTART;
	tty->reading = true;
	result = read_all(tty, file, &reading);
	tty->reading = false;
	uk_wait_wake(&tty->readers, POLLIN);
	return result;
}
