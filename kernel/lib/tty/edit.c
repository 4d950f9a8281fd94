/* SPDX-License-Identifier: BSD-3-Clause */
/* The editing of a line that was not ended yet: termios(3), ICANON. */
#include "tty.h"

enum extent { CHARACTER, WORD, LINE };

/* The columns between the beginning of the line, or the previous tab, and a position. */
static u32 columns_before(const struct uk_tty *tty, u32 position, bool *after_tab)
{
	u32 columns = 0;

	*after_tab = false;
	while (position != tty->line_end) {
		u8 byte = tty_byte(tty, --position);

		if (byte == '\t') {
			*after_tab = true;
			break;
		}
		if (tty_is_control(byte))
			columns += tty_local_flag(tty, ECHOCTL) ? 2 : 0;
		else if (!tty_is_continuation(tty, byte))
			columns++;
	}
	return columns;
}

static void echo_rubout(struct uk_tty *tty)
{
	echo_raw_byte(tty, '\b');
	echo_raw_byte(tty, ' ');
	echo_raw_byte(tty, '\b');
}

/* ECHOPRT: shows the erased character, after a backslash. */
static void echo_printed(struct uk_tty *tty, u32 position, u32 length)
{
	if (!tty->erasing) {
		echo_raw_byte(tty, '\\');
		tty->erasing = true;
	}
	echo_byte(tty, tty_byte(tty, position));
	for (u32 i = 1; i < length; i++) {
		echo_raw_byte(tty, tty_byte(tty, position + i));
		echo_back_column(tty);
	}
}

/* The character of so many bytes that is now at the head was erased. */
static void echo_erased(struct uk_tty *tty, enum extent extent, u32 length)
{
	u8 byte = tty_byte(tty, tty->head);
	bool after_tab;
	u32 columns;

	if (tty_local_flag(tty, ECHOPRT)) {
		echo_printed(tty, tty->head, length);
	} else if (extent == CHARACTER && !tty_local_flag(tty, ECHOE)) {
		echo_byte(tty, tty_character(tty, VERASE));
	} else if (byte == '\t') {
		columns = columns_before(tty, tty->head, &after_tab);
		echo_erase_tab(tty, columns, after_tab);
	} else {
		if (tty_is_control(byte) && tty_local_flag(tty, ECHOCTL))
			echo_rubout(tty);
		if (!tty_is_control(byte) || tty_local_flag(tty, ECHOCTL))
			echo_rubout(tty);
	}
}

/* The position of the last character; false if its beginning is not there. */
static bool last_character(const struct uk_tty *tty, u32 *position)
{
	u32 head = tty->head;

	do
		head--;
	while (tty_is_continuation(tty, tty_byte(tty, head)) && head != tty->line_end);
	*position = head;
	return !tty_is_continuation(tty, tty_byte(tty, head));
}

static void erase_characters(struct uk_tty *tty, enum extent extent)
{
	bool in_word = false;
	u32 position;

	while (tty->head != tty->line_end && last_character(tty, &position)) {
		u8 byte = tty_byte(tty, position);
		u32 length = tty->head - position;

		if (extent == WORD) {
			if (tty_is_alphanumeric(byte) || byte == '_')
				in_word = true;
			else if (in_word)
				break;
		}
		tty->head = position;
		if (tty_local_flag(tty, ECHO))
			echo_erased(tty, extent, length);
		if (extent == CHARACTER)
			break;
	}
	if (tty->head == tty->line_end && tty_local_flag(tty, ECHO))
		echo_end_erasing(tty);
}

/* Without ECHOKE the line stays visible. */
static void kill_line(struct uk_tty *tty)
{
	tty->head = tty->line_end;
	if (!tty_local_flag(tty, ECHO))
		return;
	echo_end_erasing(tty);
	echo_byte(tty, tty_character(tty, VKILL));
	if (tty_local_flag(tty, ECHOK))
		echo_raw_byte(tty, '\n');
}

void edit_erase(struct uk_tty *tty, u8 byte)
{
	const u32 visible = ECHO | ECHOK | ECHOKE | ECHOE;

	if (tty->head == tty->line_end)
		return;
	if (byte == tty_character(tty, VERASE))
		erase_characters(tty, CHARACTER);
	else if (byte == tty_character(tty, VWERASE))
		erase_characters(tty, WORD);
	else if ((tty->mode.c_lflag & visible) == visible)
		erase_characters(tty, LINE);
	else
		kill_line(tty);
}

void edit_reprint(struct uk_tty *tty, u8 byte)
{
	echo_end_erasing(tty);
	echo_byte(tty, byte);
	echo_raw_byte(tty, '\n');
	for (u32 position = tty->line_end; tty_index(position) != tty_index(tty->head); position++)
		echo_byte(tty, tty_byte(tty, position));
}
