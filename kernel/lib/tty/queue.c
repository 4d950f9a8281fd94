/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of input that the discipline has had no room for. */
#include <uk/string.h>

#include "tty.h"

static u32 queued_length(const struct uk_tty *tty)
{
	return tty->queue_head - tty->queue_tail;
}

static u32 queue_index(u32 position)
{
	return position % UK_TTY_QUEUE_SIZE;
}

size_t uk_tty_receive_room(const struct uk_tty *tty)
{
	return UK_TTY_QUEUE_SIZE - queued_length(tty);
}

void uk_tty_receive_flush(struct uk_tty *tty)
{
	tty->queue_tail = tty->queue_head;
	tty->looked_ahead = 0;
}

/* The bytes from a position on, up to the end of the memory or of the queue. */
static const u8 *bytes_at(const struct uk_tty *tty, u32 position, size_t *length)
{
	u32 index = queue_index(position);

	*length = MIN(tty->queue_head - position, UK_TTY_QUEUE_SIZE - index);
	return tty->queued + index;
}

void queue_drain(struct uk_tty *tty)
{
	size_t length, taken;

	do {
		const u8 *bytes = bytes_at(tty, tty->queue_tail, &length);

		taken = length ? input_receive(tty, bytes, length) : 0;
		tty->queue_tail += (u32)taken;
	} while (taken && taken == length);
	while (tty->looked_ahead < queued_length(tty)) {
		const u8 *bytes = bytes_at(tty, tty->queue_tail + tty->looked_ahead, &length);

		input_look_ahead(tty, bytes, length);
		tty->looked_ahead += (u32)length;
	}
	tty_push(tty);
}

size_t uk_tty_receive(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	size_t done = queued_length(tty) ? 0 : input_receive(tty, bytes, length);

	length = done + MIN(length - done, uk_tty_receive_room(tty));
	while (done < length) {
		u32 index = queue_index(tty->queue_head);
		size_t part = MIN(length - done, (size_t)(UK_TTY_QUEUE_SIZE - index));

		memcpy(tty->queued + index, bytes + done, part);
		tty->queue_head += (u32)part;
		done += part;
	}
	queue_drain(tty);
	return done;
}
