/* SPDX-License-Identifier: BSD-3-Clause */
/* Processing of output: termios(3), OPOST. Delays (except XTABS), OFILL and OFDEL have no effect,
 * as on Linux. */
#include "tty.h"

#define TAB_WIDTH 8

static const u8 spaces[TAB_WIDTH] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};

static int put(struct uk_tty *tty, u8 byte)
{
	tty->operations->write(tty, &byte, 1);
	return 1;
}

static int put_newline(struct uk_tty *tty, size_t room)
{
	if (tty_output_flag(tty, ONLRET))
		tty->column = 0;
	if (!tty_output_flag(tty, ONLCR)) {
		tty->line_column = tty->column;
		return put(tty, '\n');
	}
	if (room < 2)
		return -1;
	tty->line_column = tty->column = 0;
	tty->operations->write(tty, (const u8 *)"\r\n", 2);
	return 2;
}

static int put_return(struct uk_tty *tty)
{
	if (tty_output_flag(tty, ONOCR) && tty->column == 0)
		return 0;
	if (tty_output_flag(tty, OCRNL)) {
		if (tty_output_flag(tty, ONLRET))
			tty->line_column = tty->column = 0;
		return put(tty, '\n');
	}
	tty->line_column = tty->column = 0;
	return put(tty, '\r');
}

static int put_tab(struct uk_tty *tty, size_t room)
{
	u32 width = TAB_WIDTH - tty->column % TAB_WIDTH;

	if ((tty->mode.c_oflag & TABDLY) != XTABS) {
		tty->column += width;
		return put(tty, '\t');
	}
	if (room < width)
		return -1;
	tty->column += width;
	tty->operations->write(tty, spaces, width);
	return (int)width;
}

int output_byte(struct uk_tty *tty, u8 byte, size_t room)
{
	if (!room)
		return -1;
	switch (byte) {
	case '\n':
		return put_newline(tty, room);
	case '\r':
		return put_return(tty);
	case '\t':
		return put_tab(tty, room);
	case '\b':
		if (tty->column > 0)
			tty->column--;
		return put(tty, byte);
	}
	if (!tty_is_control(byte)) {
		if (tty_output_flag(tty, OLCUC))
			byte = tty_to_upper(byte);
		if (!tty_is_continuation(tty, byte))
			tty->column++;
	}
	return put(tty, byte);
}

/* The number of bytes that are output as they are, and take the columns that they seem to. */
static size_t plain_length(struct uk_tty *tty, const u8 *bytes, size_t length, u32 *columns)
{
	size_t plain = 0;

	*columns = 0;
	while (plain < length && !tty_is_control(bytes[plain]) && !tty_output_flag(tty, OLCUC)) {
		if (!tty_is_continuation(tty, bytes[plain]))
			++*columns;
		plain++;
	}
	return plain;
}

size_t output_bytes(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t room = tty->operations->room(tty), plain;
		u32 columns;

		plain = plain_length(tty, bytes + done, MIN(length - done, room), &columns);
		if (plain) {
			tty->column += columns;
			done += tty->operations->write(tty, bytes + done, plain);
		} else if (output_byte(tty, bytes[done], room) < 0) {
			break;
		} else {
			done++;
		}
	}
	return done;
}
