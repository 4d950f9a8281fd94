/* SPDX-License-Identifier: BSD-3-Clause */
/* What the discipline does with bytes that arrive: termios(3), c_iflag, ICANON, ISIG. */
#include <uk/signal.h>
#include <uk/string.h>

#include "tty.h"

#define MARKED 0xff /* PARMRK doubles it */

void input_store(struct uk_tty *tty, u8 byte)
{
	tty->buffer[tty_index(tty->head++)] = byte;
}

static void store_marked(struct uk_tty *tty, u8 byte)
{
	if (byte == MARKED && tty_input_flag(tty, PARMRK))
		input_store(tty, byte);
	input_store(tty, byte);
}

void input_discard(struct uk_tty *tty)
{
	tty->head = tty->line_end = tty->committed = tty->tail = 0;
	tty->erasing = tty->pushed = false;
	memset(tty->ends, 0, sizeof(tty->ends));
	if (tty->operations->packet_event)
		tty->operations->packet_event(tty, 0, TIOCPKT_FLUSHREAD);
}

/* VINTR, VQUIT, VSUSP */
static void send_signal(struct uk_tty *tty, int signal, u8 byte)
{
	control_signal_foreground(tty, signal);
	if (!tty_local_flag(tty, NOFLSH)) {
		echo_discard(tty);
		if (tty->operations->flush)
			tty->operations->flush(tty);
		input_discard(tty);
	}
	if (tty_input_flag(tty, IXON))
		flow_start(tty);
	if (tty_local_flag(tty, ECHO)) {
		echo_byte(tty, byte);
		echo_commit(tty);
	} else {
		echo_process(tty);
	}
}

static bool obey_flow_control(struct uk_tty *tty, u8 byte)
{
	if (byte == tty_character(tty, VSTART)) {
		flow_start(tty);
		echo_process(tty);
		return true;
	}
	if (byte != tty_character(tty, VSTOP))
		return false;
	flow_stop(tty);
	return true;
}

void input_look_ahead(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	if (!tty_input_flag(tty, IXON))
		return;
	for (size_t i = 0; i < length; i++)
		obey_flow_control(tty, bytes[i]);
}

static void end_line(struct uk_tty *tty, u8 byte)
{
	tty_set_bit(tty->ends, tty_index(tty->head));
	input_store(tty, byte);
	tty->line_end = tty->head;
	uk_wait_wake_all(&tty->queue, TTY_READABLE);
}

/* Echoes a byte that is not a newline. */
static void echo_typed(struct uk_tty *tty, u8 byte)
{
	if (tty->line_end == tty->head)
		echo_line_begins(tty);
	echo_byte(tty, byte);
}

static void begin_literal(struct uk_tty *tty)
{
	tty->next_literal = true;
	if (!tty_local_flag(tty, ECHO))
		return;
	echo_end_erasing(tty);
	if (tty_local_flag(tty, ECHOCTL)) {
		echo_raw_byte(tty, '^');
		echo_raw_byte(tty, '\b');
		echo_commit(tty);
	}
}

/* Editing, and the ends of lines; false: the byte is neither. */
static bool receive_canonical(struct uk_tty *tty, u8 byte)
{
	bool extended = tty_local_flag(tty, IEXTEN), echoes = tty_local_flag(tty, ECHO);

	if (byte == tty_character(tty, VERASE) || byte == tty_character(tty, VKILL) ||
	    (byte == tty_character(tty, VWERASE) && extended)) {
		edit_erase(tty, byte);
		echo_commit(tty);
		return true;
	}
	if (byte == tty_character(tty, VLNEXT) && extended) {
		begin_literal(tty);
		return true;
	}
	if (byte == tty_character(tty, VREPRINT) && echoes && extended) {
		edit_reprint(tty, byte);
		echo_commit(tty);
		return true;
	}
	if (byte == '\n') {
		if (tty_local_flag(tty, ECHO | ECHONL)) {
			echo_raw_byte(tty, '\n');
			echo_commit(tty);
		}
		end_line(tty, byte);
		return true;
	}
	if (byte == tty_character(tty, VEOF)) {
		end_line(tty, TTY_DISABLED); /* a mark, which is not read */
		return true;
	}
	if (byte != tty_character(tty, VEOL) && !(byte == tty_character(tty, VEOL2) && extended))
		return false;
	if (echoes) {
		echo_typed(tty, byte);
		echo_commit(tty);
	}
	if (byte == MARKED && tty_input_flag(tty, PARMRK))
		input_store(tty, byte);
	end_line(tty, byte);
	return true;
}

static void resume_by_any(struct uk_tty *tty)
{
	if (!tty->stopped || tty->held || !tty_input_flag(tty, IXON) || !tty_input_flag(tty, IXANY))
		return;
	flow_start(tty);
	echo_process(tty);
}

static void receive_plain(struct uk_tty *tty, u8 byte)
{
	resume_by_any(tty);
	if (tty_local_flag(tty, ECHO)) {
		echo_end_erasing(tty);
		echo_typed(tty, byte);
		echo_commit(tty);
	}
	store_marked(tty, byte);
}

static int signal_of(const struct uk_tty *tty, u8 byte)
{
	if (!tty_local_flag(tty, ISIG))
		return 0;
	if (byte == tty_character(tty, VINTR))
		return SIGINT;
	if (byte == tty_character(tty, VQUIT))
		return SIGQUIT;
	return byte == tty_character(tty, VSUSP) ? SIGTSTP : 0;
}

static void receive_special(struct uk_tty *tty, u8 byte)
{
	int signal = signal_of(tty, byte);

	if (tty_input_flag(tty, IXON) &&
	    (byte == tty_character(tty, VSTART) || byte == tty_character(tty, VSTOP))) {
		if (!tty->looked_ahead)
			obey_flow_control(tty, byte);
		return;
	}
	if (signal) {
		send_signal(tty, signal, byte);
		return;
	}
	resume_by_any(tty);
	if (byte == '\r') {
		if (tty_input_flag(tty, IGNCR))
			return;
		if (tty_input_flag(tty, ICRNL))
			byte = '\n';
	} else if (byte == '\n' && tty_input_flag(tty, INLCR)) {
		byte = '\r';
	}
	if (tty->canonical && receive_canonical(tty, byte))
		return;
	if (tty_local_flag(tty, ECHO)) {
		echo_end_erasing(tty);
		if (byte == '\n')
			echo_raw_byte(tty, '\n');
		else
			echo_typed(tty, byte);
		echo_commit(tty);
	}
	store_marked(tty, byte);
}

static u8 stripped(const struct uk_tty *tty, u8 byte)
{
	if (tty_input_flag(tty, ISTRIP))
		byte &= 0x7f;
	if (tty_input_flag(tty, IUCLC) && tty_local_flag(tty, IEXTEN))
		byte = tty_to_lower(byte);
	return byte;
}

static void receive_byte(struct uk_tty *tty, u8 byte)
{
	byte = stripped(tty, byte);
	if (tty->next_literal) {
		tty->next_literal = false;
		receive_plain(tty, byte);
	} else if (tty_local_flag(tty, EXTPROC)) {
		input_store(tty, byte);
	} else if (tty_bit(tty->special, byte)) {
		receive_special(tty, byte);
	} else {
		receive_plain(tty, byte);
	}
}

static void receive_part(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	bool strips = tty_input_flag(tty, ISTRIP) ||
		      (tty_input_flag(tty, IUCLC) && tty_local_flag(tty, IEXTEN));

	if (tty->raw || (tty_local_flag(tty, EXTPROC) && !strips)) {
		for (size_t i = 0; i < length; i++)
			input_store(tty, bytes[i]);
		tty->looked_ahead -= MIN(tty->looked_ahead, (u32)length);
	} else {
		for (size_t i = 0; i < length; i++) {
			receive_byte(tty, bytes[i]);
			tty->looked_ahead -= tty->looked_ahead > 0;
		}
		echo_flush(tty);
	}
	if (tty_reads_lines(tty))
		return;
	tty->committed = tty->head;
	if (tty->committed != tty->tail)
		uk_wait_wake_all(&tty->queue, TTY_READABLE);
}

size_t input_receive(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		s32 room = (s32)(UK_TTY_BUFFER_SIZE - (tty->head - tty->tail));
		size_t part;

		if (tty_input_flag(tty, PARMRK)) /* a byte can become three */
			room = (room + 2) / 3;
		room--;
		if (room <= 0) {
			/* The line is too long: further bytes replace the last one, so that it can
			 * still be edited and ended. */
			bool overflows = tty->canonical && tty->line_end == tty->tail;

			if (overflows && room < 0)
				tty->head--;
			room = overflows;
		}
		part = MIN(length - done, (size_t)room);
		if (!part)
			break;
		receive_part(tty, bytes + done, part);
		done += part;
	}
	return done;
}

static void add_special(struct uk_tty *tty, unsigned int index)
{
	tty_set_bit(tty->special, tty_character(tty, index));
}

void input_choose_special(struct uk_tty *tty)
{
	static const u8 editing[] = {VERASE, VKILL, VEOF, VEOL};
	static const u8 extended[] = {VWERASE, VLNEXT, VEOL2};

	memset(tty->special, 0, sizeof(tty->special));
	tty->raw = !tty_input_flag(tty, ISTRIP | IUCLC | IGNCR | ICRNL | INLCR | IXON | PARMRK) &&
		   !tty_local_flag(tty, ICANON | ISIG | ECHO);
	if (tty_input_flag(tty, IGNCR | ICRNL))
		tty_set_bit(tty->special, '\r');
	if (tty_input_flag(tty, INLCR))
		tty_set_bit(tty->special, '\n');
	if (tty_local_flag(tty, ICANON)) {
		tty_set_bit(tty->special, '\n');
		for (unsigned int i = 0; i < ARRAY_SIZE(editing); i++)
			add_special(tty, editing[i]);
		for (unsigned int i = 0; tty_local_flag(tty, IEXTEN) && i < ARRAY_SIZE(extended);
		     i++)
			add_special(tty, extended[i]);
		if (tty_local_flag(tty, IEXTEN) && tty_local_flag(tty, ECHO))
			add_special(tty, VREPRINT);
	}
	if (tty_input_flag(tty, IXON)) {
		add_special(tty, VSTART);
		add_special(tty, VSTOP);
	}
	if (tty_local_flag(tty, ISIG)) {
		add_special(tty, VINTR);
		add_special(tty, VQUIT);
		add_special(tty, VSUSP);
	}
	tty_clear_bit(tty->special, TTY_DISABLED);
}
