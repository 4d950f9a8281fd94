/* SPDX-License-Identifier: BSD-3-Clause */
/* The terminal: its attributes, and its devices (tty(4)). */
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/plat.h>
#include <uk/uaccess.h>

#include "console.h"

static struct {
	unsigned int streams; /* bit n: stream n is the terminal */
	struct winsize size;
	struct termios termios;
	pid_t foreground;
} terminal = {
	.size = {.ws_row = 24, .ws_col = 80},
	/* ICRNL IXON, OPOST ONLCR, B38400 CS8 CREAD, ISIG ICANON ECHO ECHOE ECHOK IEXTEN ECHOCTL
	 * ECHOKE: Linux's tty_std_termios. */
	.termios = {.c_iflag = 0x500,
		    .c_oflag = 0x5,
		    .c_cflag = 0xbf,
		    .c_lflag = 0x8a3b,
		    .c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22}},
	.foreground = 1,
};

void uk_console_configure(unsigned int terminals, u16 rows, u16 columns)
{
	terminal.streams = terminals;
	if (rows && columns)
		terminal.size = (struct winsize){.ws_row = rows, .ws_col = columns};
}

bool terminal_is_stream(unsigned int stream)
{
	return terminal.streams >> stream & 1;
}

static int put_int(void __user *argument, int value)
{
	return copy_to_user(argument, &value, sizeof(value));
}

long terminal_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	struct termios termios;
	size_t readable;
	pid_t group;

	if (request == FIONREAD) {
		readable = ukplat_stream_readable(file->number);
		return put_int(argument, readable == SIZE_MAX ? 0 : (int)readable);
	}
	if (!terminal_is_stream(file->number))
		return -ENOTTY;
	switch (request) {
	case TCGETS:
		return copy_to_user(argument, &terminal.termios, sizeof(terminal.termios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		/* Stored, but the mode of the host's terminal does not change. */
		if (copy_from_user(&termios, argument, sizeof(termios)))
			return -EFAULT;
		terminal.termios = termios;
		return 0;
	case TIOCGWINSZ:
		return copy_to_user(argument, &terminal.size, sizeof(terminal.size));
	case TIOCGPGRP:
		return put_int(argument, terminal.foreground);
	case TIOCSPGRP:
		if (copy_from_user(&group, argument, sizeof(group)))
			return -EFAULT;
		terminal.foreground = group;
		return 0;
	default:
		return -ENOTTY;
	}
}

/* /dev/tty: the program's terminal, if one of the streams is one (tty(4)). */
static int open_terminal(struct uk_vnode *vnode, struct uk_file *file)
{
	if (!terminal.streams)
		return -ENXIO;
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
					   .open = open_terminal};

	tty.number = TERMINAL_NUMBER;
	console.number = CONSOLE_NUMBER;
	uk_device_register(&console);
	uk_device_register(&tty);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_devices);
