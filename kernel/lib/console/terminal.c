/* SPDX-License-Identifier: BSD-3-Clause */
/* The terminal: its ioctls (ioctl_tty(2)), its signals, and its devices (tty(4)). */
#include <uk/bits/contract.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/linux/terminal.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/timer.h>
#include <uk/tty.h>
#include <uk/uaccess.h>

#include "console.h"

#define CONTROLLING (1u << UKPLAT_TERMINAL)

static struct {
	unsigned int streams; /* bit n: stream n is a terminal */
	pid_t foreground;     /* of the host's terminal; 0: the first process's group */
	/* Without a connection to the host's terminal: */
	struct winsize size;
	struct termios termios;
} terminal = {
	.size = {.ws_row = 24, .ws_col = 80},
	/* ICRNL IXON, OPOST ONLCR, B38400 CS8 CREAD, ISIG ICANON ECHO ECHOE ECHOK IEXTEN ECHOCTL
	 * ECHOKE: Linux's tty_std_termios. */
	.termios = {.c_iflag = 0x500,
		    .c_oflag = 0x5,
		    .c_cflag = 0xbf,
		    .c_lflag = 0x8a3b,
		    .c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22}},
};

static pid_t foreground_group(void)
{
	return terminal.foreground ? terminal.foreground : uk_process_next(1)->group;
}

/* The host does not know the program's processes: what its terminal sends is for the foreground
 * group, other signals are for the first process. */
static void take_signals(void)
{
	const u64 of_terminal =
		uk_signal_bit(SIGINT) | uk_signal_bit(SIGQUIT) | uk_signal_bit(SIGWINCH);
	u64 signals = ukplat_take_signals(), grouped;

	if (own_terminal()) {
		own_take_signals(signals);
		signals &= ~(uk_signal_bit(SIGWINCH) | uk_signal_bit(SIGIO));
	}
	grouped = own_terminal() ? 0 : signals & of_terminal;
	for (int signal = 1; signal <= _NSIG && signals; signal++) {
		const siginfo_t information = {.si_signo = signal, .si_code = SI_KERNEL};

		if (grouped & uk_signal_bit(signal))
			uk_process_signal_group(foreground_group(), signal);
		else if (signals & uk_signal_bit(signal))
			uk_signal_send(uk_signal_to_process(uk_process_next(1)), &information);
		signals &= ~uk_signal_bit(signal);
	}
}

void uk_console_configure(unsigned int terminals, u16 rows, u16 columns)
{
	terminal.streams = terminals & ((1u << UKPLAT_STREAMS) - 1);
	if (terminals & UK_TERMINALS_OWN)
		terminals |= CONTROLLING; /* the stream exists, whether it controls or not */
	if (rows && columns)
		terminal.size = (struct winsize){.ws_row = rows, .ws_col = columns};
	uk_timer_signals = take_signals;
	if (!terminal.streams)
		return;
	ukplat_set_terminals(terminals & ((1u << UKPLAT_STREAMS) - 1));
	if (terminals & UK_TERMINALS_OWN)
		own_configure(&terminal.size);
}

bool terminal_is_stream(unsigned int stream)
{
	return terminal.streams >> stream & 1;
}

bool terminal_is_controlling(void)
{
	return terminal.streams & CONTROLLING;
}

/* The requests that the host's terminal answers: the size of their argument, and whether they set
 * it. */
static const struct request {
	unsigned int number;
	u8 size;
	bool sets;
} requests[] = {
	{TCGETS, sizeof(struct termios), false},
	{TCSETS, sizeof(struct termios), true},
	{TCSETSW, sizeof(struct termios), true},
	{TCSETSF, sizeof(struct termios), true},
	{TCGETS2, sizeof(struct termios2), false},
	{TCSETS2, sizeof(struct termios2), true},
	{TCSETSW2, sizeof(struct termios2), true},
	{TCSETSF2, sizeof(struct termios2), true},
	{TIOCGWINSZ, sizeof(struct winsize), false},
	{TIOCSWINSZ, sizeof(struct winsize), true},
	{FIONREAD, sizeof(int), false},
	{TIOCOUTQ, sizeof(int), false},
};

static const struct request *find_request(unsigned int number)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		if (requests[i].number == number)
			return &requests[i];
	}
	return NULL;
}

static long without_connection(unsigned int stream, unsigned int request, void *argument)
{
	size_t readable;

	switch (request) {
	case TCGETS:
		*(struct termios *)argument = terminal.termios;
		return 0;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		terminal.termios = *(struct termios *)argument;
		return 0;
	case TIOCGWINSZ:
		*(struct winsize *)argument = terminal.size;
		return 0;
	case FIONREAD:
		readable = ukplat_stream_readable(stream);
		*(int *)argument = readable == SIZE_MAX ? 0 : (int)readable;
		return 0;
	default:
		return -ENOTTY;
	}
}

static long ask(unsigned int stream, unsigned int request, void *argument)
{
	long result = ukplat_terminal_ioctl(stream, request, argument);

	return result == -ENOSYS ? without_connection(stream, request, argument) : result;
}

static long forward(unsigned int stream, const struct request *request, void __user *argument)
{
	char value[sizeof(struct termios2)];
	long result;

	if (request->sets && copy_from_user(value, argument, request->size))
		return -EFAULT;
	result = ask(stream, request->number, value);
	if (result == 0 && !request->sets)
		result = copy_to_user(argument, value, request->size);
	return result;
}

/* The old form of the mode: 16 bits of each word, and fewer characters (uapi asm/termios.h). */
static long get_termio(unsigned int stream, void __user *argument)
{
	struct termios mode;
	struct termio old = {0};
	long result = ask(stream, TCGETS, &mode);

	if (result < 0)
		return result;
	old.c_iflag = (u16)mode.c_iflag;
	old.c_oflag = (u16)mode.c_oflag;
	old.c_cflag = (u16)mode.c_cflag;
	old.c_lflag = (u16)mode.c_lflag;
	old.c_line = mode.c_line;
	for (unsigned int i = 0; i < NCC; i++)
		old.c_cc[i] = mode.c_cc[i];
	return copy_to_user(argument, &old, sizeof(old));
}

static u32 with_low_half(u32 word, u16 half)
{
	return (word & 0xffff0000u) | half;
}

static long set_termio(unsigned int stream, unsigned int request, void __user *argument)
{
	struct termios mode;
	struct termio old;
	long result;

	if (copy_from_user(&old, argument, sizeof(old)))
		return -EFAULT;
	result = ask(stream, TCGETS, &mode);
	if (result < 0)
		return result;
	mode.c_iflag = with_low_half(mode.c_iflag, old.c_iflag);
	mode.c_oflag = with_low_half(mode.c_oflag, old.c_oflag);
	mode.c_cflag = with_low_half(mode.c_cflag, old.c_cflag);
	mode.c_lflag = with_low_half(mode.c_lflag, old.c_lflag);
	mode.c_line = old.c_line;
	for (unsigned int i = 0; i < NCC; i++)
		mode.c_cc[i] = old.c_cc[i];
	return ask(stream, request - TCSETA + TCSETS, &mode);
}

static int put_int(void __user *argument, int value)
{
	return copy_to_user(argument, &value, sizeof(value));
}

/* The terminal is that of the first process's session. */
static long set_foreground(const void __user *argument)
{
	pid_t group;

	if (copy_from_user(&group, argument, sizeof(group)))
		return -EFAULT;
	if (group < 0)
		return -EINVAL;
	if (!uk_process_group_exists(group, 0))
		return -ESRCH;
	if (!uk_process_group_exists(group, uk_process_current()->session))
		return -EPERM;
	terminal.foreground = group;
	return 0;
}

/* Requests about sessions: they have an answer for the controlling terminal only. */
static long control(unsigned int request, void __user *argument)
{
	pid_t session = uk_process_next(1)->session;

	if (!terminal_is_controlling() || uk_process_current()->session != session)
		return request == TIOCSCTTY ? -EPERM : -ENOTTY;
	switch (request) {
	case TIOCGPGRP:
		return put_int(argument, foreground_group());
	case TIOCGSID:
		return put_int(argument, session);
	case TIOCSPGRP:
		return set_foreground(argument);
	case TIOCNOTTY:
		terminal.streams &= ~CONTROLLING;
		return 0;
	default: /* TIOCSCTTY */
		return 0;
	}
}

long terminal_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	unsigned int stream = file->number;
	const struct request *forwarded = find_request(request);

	if (!terminal_is_stream(stream) && stream != UKPLAT_TERMINAL) {
		if (request != FIONREAD)
			return -ENOTTY;
		int readable;

		without_connection(stream, FIONREAD, &readable);
		return put_int(argument, readable);
	}
	if (forwarded)
		return forward(stream, forwarded, argument);
	switch (request) {
	case TCGETA:
		return get_termio(stream, argument);
	case TCSETA:
	case TCSETAW:
	case TCSETAF:
		return set_termio(stream, request, argument);
	case TCSBRK:
	case TCXONC:
	case TCFLSH:
		return ask(stream, request, argument);
	case TCSBRKP: /* the argument is the duration */
		return ask(stream, TCSBRK, NULL);
	case TIOCGPGRP:
	case TIOCSPGRP:
	case TIOCGSID:
	case TIOCSCTTY:
	case TIOCNOTTY:
		return control(request, argument);
	case TIOCGETD: /* N_TTY */
		return put_int(argument, 0);
	case TIOCEXCL:
	case TIOCNXCL:
		return 0;
	case TIOCSTI: /* dev.tty.legacy_tiocsti is 0 */
		return -EIO;
	default:
		return -ENOTTY;
	}
}

u64 terminal_read_timeout(unsigned int stream)
{
	struct termios mode;

	if (!terminal_is_stream(stream) || ask(stream, TCGETS, &mode) < 0 ||
	    mode.c_lflag & ICANON || mode.c_cc[VMIN])
		return UINT64_MAX;
	return mode.c_cc[VTIME] * 100000000UL;
}

/* /dev/tty: the controlling terminal. */
static int open_terminal(struct uk_vnode *vnode, struct uk_file *file)
{
	struct uk_tty *tty = uk_tty_current();

	if (tty)
		return uk_tty_open(tty, file, false);
	if (own_terminal() || !terminal_is_controlling() ||
	    uk_process_current()->session != uk_process_next(1)->session)
		return -ENXIO;
	file->number = UKPLAT_TERMINAL;
	return 0;
}

/* /dev/console: the program's terminal, controlling or not. */
static int open_console(struct uk_vnode *vnode, struct uk_file *file)
{
	if (!terminal.streams)
		return -ENXIO;
	if (own_terminal())
		return uk_tty_open(own_terminal(), file, false);
	if (terminal_is_controlling())
		return open_terminal(vnode, file);
	file->number = (unsigned int)__builtin_ctz(terminal.streams);
	return 0;
}

static int register_devices(void)
{
	static struct uk_device tty = {.name = "tty",
				       .mode = 0666,
				       .operations = &console_operations,
				       .open = open_terminal};
	static struct uk_device console = {.name = "console",
					   .mode = 0600,
					   .operations = &console_operations,
					   .open = open_console};

	tty.number = TERMINAL_NUMBER;
	console.number = CONSOLE_NUMBER;
	uk_device_register(&console);
	uk_device_register(&tty);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_devices);
