/* SPDX-License-Identifier: BSD-3-Clause */
/* Stopping and resuming output: IXON, and tcflow(3). */
#include "tty.h"

static void packet_event(struct uk_tty *tty, u32 clear, u32 set)
{
	if (tty->operations->packet_event)
		tty->operations->packet_event(tty, clear, set);
}

void flow_stop(struct uk_tty *tty)
{
	if (tty->stopped)
		return;
	tty->stopped = true;
	packet_event(tty, TIOCPKT_START, TIOCPKT_STOP);
}

void flow_start(struct uk_tty *tty)
{
	if (!tty->stopped || tty->held)
		return;
	tty->stopped = false;
	packet_event(tty, TIOCPKT_STOP, TIOCPKT_START);
	uk_wait_wake_all(&tty->queue, TTY_WRITABLE);
}

/* TCIOFF, TCION: a character for the other end, which VSTOP does not hold back. */
static long send_character(struct uk_tty *tty, unsigned int index)
{
	u8 byte = tty_character(tty, index);
	bool stopped = tty->stopped;

	if (byte == TTY_DISABLED)
		return 0;
	if (stopped)
		flow_start(tty);
	tty->operations->write(tty, &byte, 1);
	if (stopped)
		flow_stop(tty);
	return 0;
}

long flow_request(struct uk_tty *tty, unsigned long action)
{
	switch (action) {
	case TCOOFF:
		if (!tty->held)
			flow_stop(tty);
		tty->held = true;
		return 0;
	case TCOON:
		if (tty->held) {
			tty->held = false;
			flow_start(tty);
		}
		return 0;
	case TCIOFF:
		return send_character(tty, VSTOP);
	case TCION:
		return send_character(tty, VSTART);
	default:
		return -EINVAL;
	}
}

void uk_tty_output_resumes(struct uk_tty *tty)
{
	uk_wait_wake_all(&tty->queue, TTY_WRITABLE);
}
