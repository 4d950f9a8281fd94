/* SPDX-License-Identifier: BSD-3-Clause */
/* Changes of the mode, and its forms: ioctl_tty(2). */
#include <uk/credentials.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "tty.h"

const struct termios uk_tty_standard_mode = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22},
};

/* Linux's tty_baudrate.c: of the codes B0 to B38400, then of those with CBAUDEX. */
static const u32 speeds[] = {
	0,	 50,	  75,	   110,	    134,     150,     200,     300,
	600,	 1200,	  1800,	   2400,    4800,    9600,    19200,   38400,
	57600,	 115200,  230400,  460800,  500000,  576000,  921600,  1000000,
	1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000,
};
#define SPEEDS_WITHOUT_EXTENSION 15

static u32 speed_of(u32 code, u32 other)
{
	if (code == BOTHER)
		return other;
	if (code & CBAUDEX)
		code = (code & ~CBAUDEX) + SPEEDS_WITHOUT_EXTENSION;
	return code < ARRAY_SIZE(speeds) ? speeds[code] : 0;
}

static void set_speeds(struct uk_tty *tty, const struct termios2 *wanted)
{
	u32 flags = wanted->termios.c_cflag, input = flags >> IBSHIFT & CBAUD;

	tty->output_speed = speed_of(flags & CBAUD, wanted->c_ospeed);
	tty->input_speed = input ? speed_of(input, wanted->c_ispeed) : tty->output_speed;
}

/* TIOCSLCKTRMIOS: bits, and characters, that stay as they are. */
static void keep_locked(struct uk_tty *tty, const struct termios *old)
{
	const struct termios *locked = &tty->mode_locked;
	struct termios *mode = &tty->mode;

	mode->c_iflag = (mode->c_iflag & ~locked->c_iflag) | (old->c_iflag & locked->c_iflag);
	mode->c_oflag = (mode->c_oflag & ~locked->c_oflag) | (old->c_oflag & locked->c_oflag);
	mode->c_cflag = (mode->c_cflag & ~locked->c_cflag) | (old->c_cflag & locked->c_cflag);
	mode->c_lflag = (mode->c_lflag & ~locked->c_lflag) | (old->c_lflag & locked->c_lflag);
	if (locked->c_line)
		mode->c_line = old->c_line;
	for (unsigned int i = 0; i < NCCS; i++) {
		if (locked->c_cc[i])
			mode->c_cc[i] = old->c_cc[i];
	}
}

/* What was typed before stays readable: at once without ICANON, with it as a line without an
 * end. */
static void change_lines(struct uk_tty *tty)
{
	memset(tty->ends, 0, sizeof(tty->ends));
	if (!tty_local_flag(tty, ICANON) || tty->head == tty->tail) {
		tty->line_end = tty->tail;
		tty->pushed = false;
	} else {
		tty_set_bit(tty->ends, tty_index(tty->head - 1));
		tty->line_end = tty->head;
		tty->pushed = true;
	}
	tty->committed = tty->head;
	tty->erasing = tty->next_literal = false;
}

void uk_tty_init(struct uk_tty *tty, const struct uk_tty_operations *operations, u64 device,
		 const struct termios *mode)
{
	const struct termios2 with_speeds = {.termios = *mode};

	tty->operations = operations;
	tty->device = device;
	tty->mode = *mode;
	set_speeds(tty, &with_speeds);
	change_lines(tty);
	tty->canonical = tty_local_flag(tty, ICANON);
	input_choose_special(tty);
}

void uk_tty_set_mode(struct uk_tty *tty, const struct termios2 *mode)
{
	const struct termios old = tty->mode;

	tty->mode = mode->termios;
	set_speeds(tty, mode);
	keep_locked(tty, &old);
	if (tty->operations->mode_changed)
		tty->operations->mode_changed(tty, &old);
	if ((old.c_lflag ^ tty->mode.c_lflag) & (ICANON | EXTPROC))
		change_lines(tty);
	tty->canonical = tty_local_flag(tty, ICANON);
	input_choose_special(tty);
	if (!tty_input_flag(tty, IXON) && old.c_iflag & IXON && !tty->held) {
		flow_start(tty);
		echo_process(tty);
		tty_push(tty);
	}
	uk_wait_wake_all(&tty->queue, TTY_READABLE | TTY_WRITABLE);
}

/* The old form of the mode: 16 bits of each word, and fewer characters (uapi asm/termios.h). */
static long get_termio(const struct uk_tty *tty, void __user *argument)
{
	struct termio old = {
		.c_iflag = (u16)tty->mode.c_iflag,
		.c_oflag = (u16)tty->mode.c_oflag,
		.c_cflag = (u16)tty->mode.c_cflag,
		.c_lflag = (u16)tty->mode.c_lflag,
		.c_line = tty->mode.c_line,
	};

	memcpy(old.c_cc, tty->mode.c_cc, NCC);
	return copy_to_user(argument, &old, sizeof(old));
}

static u32 with_low_half(u32 word, u16 half)
{
	return (word & 0xffff0000u) | half;
}

static int read_termio(struct termios *mode, const void __user *argument)
{
	struct termio old;

	if (copy_from_user(&old, argument, sizeof(old)))
		return -EFAULT;
	mode->c_iflag = with_low_half(mode->c_iflag, old.c_iflag);
	mode->c_oflag = with_low_half(mode->c_oflag, old.c_oflag);
	mode->c_cflag = with_low_half(mode->c_cflag, old.c_cflag);
	mode->c_lflag = with_low_half(mode->c_lflag, old.c_lflag);
	mode->c_line = old.c_line;
	memcpy(mode->c_cc, old.c_cc, NCC);
	return 0;
}

enum form { TERMIO, TERMIOS, TERMIOS2 };

static long set(struct uk_tty *tty, enum form form, bool flush, const void __user *argument)
{
	struct termios2 wanted = {tty->mode, tty->input_speed, tty->output_speed};
	int error = control_check(tty, SIGTTOU);

	if (error)
		return error;
	if (form == TERMIO)
		error = read_termio(&wanted.termios, argument);
	else
		error = copy_from_user(&wanted, argument,
				       form == TERMIOS ? sizeof(wanted.termios) : sizeof(wanted));
	if (error)
		return error;
	if (flush)
		input_discard(tty);
	/* Output needs no wait: it is at the other end at once. */
	uk_tty_set_mode(tty, &wanted);
	if (flush)
		queue_drain(tty);
	return 0;
}

static long get2(const struct uk_tty *tty, void __user *argument)
{
	const struct termios2 mode = {tty->mode, tty->input_speed, tty->output_speed};

	return copy_to_user(argument, &mode, sizeof(mode));
}

/* TIOCSSOFTCAR sets CLOCAL. */
static long set_soft_carrier(struct uk_tty *tty, const void __user *argument)
{
	struct termios2 mode = {tty->mode, tty->input_speed, tty->output_speed};
	int on;

	if (copy_from_user(&on, argument, sizeof(on)))
		return -EFAULT;
	mode.termios.c_cflag = on ? mode.termios.c_cflag | CLOCAL : mode.termios.c_cflag & ~CLOCAL;
	uk_tty_set_mode(tty, &mode);
	return 0;
}

long mode_request(struct uk_tty *tty, unsigned int request, void __user *argument)
{
	int on;

	switch (request) {
	case TCGETS:
		return copy_to_user(argument, &tty->mode, sizeof(tty->mode));
	case TCGETS2:
		return get2(tty, argument);
	case TCGETA:
		return get_termio(tty, argument);
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set(tty, TERMIOS, request == TCSETSF, argument);
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return set(tty, TERMIOS2, request == TCSETSF2, argument);
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		return set(tty, TERMIO, request == TCSETAF, argument);
	case TIOCGLCKTRMIOS:
		return copy_to_user(argument, &tty->mode_locked, sizeof(tty->mode_locked));
	case TIOCSLCKTRMIOS:
		if (!uk_capable(CAP_SYS_ADMIN))
			return -EPERM;
		return copy_from_user(&tty->mode_locked, argument, sizeof(tty->mode_locked));
	case TIOCGSOFTCAR:
		on = (tty->mode.c_cflag & CLOCAL) != 0;
		return copy_to_user(argument, &on, sizeof(on));
	case TIOCSSOFTCAR:
		return set_soft_carrier(tty, argument);
	default:
		return -ENOTTY;
	}
}
