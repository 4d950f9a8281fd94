/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Echoes. They are stored as bytes and operations, which are executed when there is room for
 * output, because the columns are known only then. Much output without room discards the oldest
 * echoes.
 */
#include "tty.h"

/* An operation is this byte, the operation, and for ERASE_TAB a byte with the columns. Any other
 * byte instead of the operation is a control character to be shown as ^X. */
#define OPERATION	  0xff
#define MOVE_BACK	  0x80
#define SET_LINE_COLUMN	  0x81
#define ERASE_TAB	  0x82
#define AFTER_TAB	  0x80 /* in the columns of ERASE_TAB */
#define TAB_WIDTH	  8
#define BLOCK		  256 /* so much is output at a time, while more input is there */
#define DISCARD_WATERMARK (UK_TTY_BUFFER_SIZE - (BLOCK + 32))

static u8 stored(const struct uk_tty *tty, u32 position)
{
	return tty->echo[tty_index(position)];
}

static void store(struct uk_tty *tty, u8 byte)
{
	tty->echo[tty_index(tty->echo_head++)] = byte;
}

static void store_operation(struct uk_tty *tty, u8 operation)
{
	store(tty, OPERATION);
	store(tty, operation);
}

void echo_raw_byte(struct uk_tty *tty, u8 byte)
{
	if (byte == OPERATION)
		store_operation(tty, OPERATION);
	else
		store(tty, byte);
}

void echo_byte(struct uk_tty *tty, u8 byte)
{
	if (tty_local_flag(tty, ECHOCTL) && tty_is_control(byte) && byte != '\t')
		store_operation(tty, byte);
	else
		echo_raw_byte(tty, byte);
}

void echo_back_column(struct uk_tty *tty)
{
	store_operation(tty, MOVE_BACK);
}

void echo_line_begins(struct uk_tty *tty)
{
	store_operation(tty, SET_LINE_COLUMN);
}

void echo_erase_tab(struct uk_tty *tty, u32 columns, bool after_tab)
{
	store_operation(tty, ERASE_TAB);
	store(tty, (u8)(columns % TAB_WIDTH | (after_tab ? AFTER_TAB : 0)));
}

void echo_end_erasing(struct uk_tty *tty)
{
	if (tty->erasing)
		echo_raw_byte(tty, '/');
	tty->erasing = false;
}

void echo_discard(struct uk_tty *tty)
{
	tty->echo_head = tty->echo_tail = tty->echo_mark = tty->echo_committed = 0;
}

static u32 length_at(const struct uk_tty *tty, u32 position)
{
	if (stored(tty, position) != OPERATION)
		return 1;
	return stored(tty, position + 1) == ERASE_TAB ? 3 : 2;
}

static void put(struct uk_tty *tty, u8 byte)
{
	tty->operations->write(tty, &byte, 1);
}

static void back_column(struct uk_tty *tty)
{
	if (tty->column > 0)
		tty->column--;
}

static bool erase_tab(struct uk_tty *tty, u32 columns, size_t room)
{
	u32 backspaces;

	if (!(columns & AFTER_TAB))
		columns += tty->line_column;
	backspaces = TAB_WIDTH - columns % TAB_WIDTH;
	if (backspaces > room)
		return false;
	while (backspaces--) {
		put(tty, '\b');
		back_column(tty);
	}
	return true;
}

/* Outputs what is stored at a position; false if there is no room. */
static bool output_one(struct uk_tty *tty, u32 position)
{
	size_t room = tty->operations->room(tty);
	u8 byte = stored(tty, position);

	if (byte != OPERATION) {
		if (tty_output_flag(tty, OPOST))
			return output_byte(tty, byte, room) >= 0;
		if (room)
			put(tty, byte);
		return room;
	}
	byte = stored(tty, position + 1);
	switch (byte) {
	case ERASE_TAB:
		return erase_tab(tty, stored(tty, position + 2), room);
	case SET_LINE_COLUMN:
		tty->line_column = tty->column;
		return true;
	case MOVE_BACK:
		back_column(tty);
		return true;
	case OPERATION:
		if (!room)
			return false;
		put(tty, byte);
		tty->column++;
		return true;
	default: /* both bytes or none */
		if (room < 2)
			return false;
		put(tty, '^');
		put(tty, byte ^ 0x40);
		tty->column += 2;
		return true;
	}
}

static void output_committed(struct uk_tty *tty)
{
	u32 tail = tty->echo_tail;

	while (tail != tty->echo_committed && output_one(tty, tail))
		tail += length_at(tty, tail);
	/* So that the next ones do not overwrite them. */
	while ((s32)(tty->echo_committed - tail) >= (s32)DISCARD_WATERMARK)
		tail += length_at(tty, tail);
	tty->echo_tail = tail;
}

void echo_commit(struct uk_tty *tty)
{
	u32 before = tty->echo_committed - tty->echo_tail, now = tty->echo_head - tty->echo_tail;

	tty->echo_mark = tty->echo_head;
	if (now < BLOCK || now % BLOCK > before % BLOCK)
		return;
	tty->echo_committed = tty->echo_head;
	output_committed(tty);
}

void echo_process(struct uk_tty *tty)
{
	if (tty->echo_mark == tty->echo_tail)
		return;
	tty->echo_committed = tty->echo_mark;
	output_committed(tty);
}

void echo_flush(struct uk_tty *tty)
{
	if (!tty_local_flag(tty, ECHO | ECHONL) || tty->echo_committed == tty->echo_head)
		return;
	tty->echo_committed = tty->echo_head;
	output_committed(tty);
}
