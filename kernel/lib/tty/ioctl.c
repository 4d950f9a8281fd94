/* SPDX-License-Identifier: BSD-3-Clause */
/* ioctl_tty(2). For a pair, most requests to the master are about the slave. */
#include <uk/credentials.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "tty.h"

static long put_int(void __user *argument, int value)
{
	return copy_to_user(argument, &value, sizeof(value));
}

static long set_size(struct uk_tty *tty, const void __user *argument)
{
	struct winsize size;

	if (copy_from_user(&size, argument, sizeof(size)))
		return -EFAULT;
	uk_tty_set_size(tty, &size);
	return 0;
}

void uk_tty_set_size(struct uk_tty *tty, const struct winsize *size)
{
	if (memcmp(&tty->size, size, sizeof(*size)) == 0)
		return;
	tty->size = *size;
	control_signal_foreground(tty, SIGWINCH);
	if (tty->operations->resized)
		tty->operations->resized(tty);
}

/* TIOCSTI: as if the byte had been typed. */
static long type(struct uk_tty *tty, const void __user *argument)
{
	u8 byte;

	if (uk_tty_current() != tty && !uk_capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (copy_from_user(&byte, argument, 1))
		return -EFAULT;
	input_receive(tty, &byte, 1);
	tty_push(tty);
	return 0;
}

static long flush(struct uk_tty *tty, unsigned long which)
{
	int error;

	if (which == TCIFLUSH || which == TCIOFLUSH)
		uk_tty_receive_flush(tty);
	error = control_check(tty, SIGTTOU);
	if (error)
		return error;
	if (which > TCIOFLUSH)
		return -EINVAL;
	if (which != TCOFLUSH) {
		input_discard(tty);
		if (tty->operations->resume_input)
			tty->operations->resume_input(tty);
	}
	if (which != TCIFLUSH && tty->operations->flush)
		tty->operations->flush(tty);
	return 0;
}

static long set_discipline(const int __user *argument)
{
	int number;

	if (copy_from_user(&number, argument, sizeof(number)))
		return -EFAULT;
	return number ? -EINVAL : 0; /* N_TTY */
}

/* Requests about the file's own end. */
static long own_request(struct uk_tty *tty, unsigned int request, void __user *argument)
{
	int error;

	switch (request) {
	case TIOCSTI:
		return type(tty, argument);
	case TIOCEXCL:
		tty->exclusive = true;
		return 0;
	case TIOCNXCL:
		tty->exclusive = false;
		return 0;
	case TIOCGEXCL:
		return put_int(argument, tty->exclusive);
	case TIOCGETD:
		return put_int(argument, 0);
	case TIOCSETD:
		error = control_check(tty, SIGTTOU);
		return error ? error : set_discipline(argument);
	case TIOCSBRK:
	case TIOCCBRK:
	case TCSBRK:
	case TCSBRKP: /* there is no line that could be broken, and no output to wait for */
		return control_check(tty, SIGTTOU);
	case TIOCVHANGUP:
		if (!uk_capable(CAP_SYS_ADMIN))
			return -EPERM;
		uk_tty_hang_up(tty);
		return 0;
	case TCFLSH:
		return flush(tty, (unsigned long)argument);
	case TCXONC:
		error = control_check(tty, SIGTTOU);
		if (!error)
			error = (int)flow_request(tty, (unsigned long)argument);
		tty_push(tty);
		return error;
	case TIOCOUTQ:
		return put_int(argument, 0);
	case FIONREAD:
		return put_int(argument, (int)read_count(tty));
	default:
		return -ENOTTY;
	}
}

long tty_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	struct uk_tty *tty = uk_tty_of(file);
	struct uk_tty *real = tty->master ? tty->link : tty;
	u32 device = (u32)real->device;
	long result;

	if (tty_is_hung_up(file))
		return request == TIOCSPGRP ? -ENOTTY : -EIO;
	switch (request) {
	case TIOCGWINSZ:
		return copy_to_user(argument, &real->size, sizeof(real->size));
	case TIOCSWINSZ:
		return set_size(real, argument);
	case TIOCCONS:
		if (real != tty)
			return -EINVAL;
		return uk_capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
	case TIOCGDEV:
		return copy_to_user(argument, &device, sizeof(device));
	case TIOCSCTTY:
	case TIOCNOTTY:
	case TIOCGPGRP:
	case TIOCSPGRP:
	case TIOCGSID:
		return control_request(tty, real, file, request, argument);
	}
	result = own_request(tty, request, argument);
	if (result == -ENOTTY)
		result = mode_request(real, request, argument);
	if (result == -ENOTTY && tty->operations->ioctl)
		result = tty->operations->ioctl(tty, file, request, argument);
	return result;
}
