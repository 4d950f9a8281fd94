/* SPDX-License-Identifier: BSD-3-Clause */
/* Pairs: pty(7). What one end outputs is the input of the other one. */
#include <uk/alloc.h>
#include <uk/device.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "tty.h"

/* Linux, Documentation/admin-guide/devices.txt. */
#define MASTER_MAJOR 128
#define SLAVE_MAJOR  136

static struct uk_tty_pair *pair_of(struct uk_tty *tty)
{
	return tty->master ? container_of(tty, struct uk_tty_pair, master)
			   : container_of(tty, struct uk_tty_pair, slave);
}

static size_t pair_write(struct uk_tty *tty, const u8 *bytes, size_t length)
{
	return tty->stopped ? 0 : uk_tty_receive(tty->link, bytes, length);
}

static size_t pair_room(struct uk_tty *tty)
{
	return tty->stopped ? 0 : uk_tty_receive_room(tty->link);
}

/* The other end, if it is in packet mode, is told what happens to this one. */
static void pair_packet_event(struct uk_tty *tty, u32 clear, u32 set)
{
	if (!tty->link->packet)
		return;
	tty->packet_status = (tty->packet_status & ~clear) | set;
	uk_wait_wake_all(&tty->link->queue, TTY_READABLE | POLLPRI);
}

static void pair_flush(struct uk_tty *tty)
{
	uk_tty_receive_flush(tty->link);
	pair_packet_event(tty, 0, TIOCPKT_FLUSHWRITE);
}

static void pair_resume_input(struct uk_tty *tty)
{
	uk_tty_output_resumes(tty->link);
}

/* Whether the user's terminal can do the flow control itself. */
static bool has_usual_flow_control(const struct termios *mode)
{
	return mode->c_iflag & IXON && mode->c_cc[VSTOP] == 023 && mode->c_cc[VSTART] == 021;
}

static void slave_mode_changed(struct uk_tty *tty, const struct termios *old)
{
	bool before = has_usual_flow_control(old), now = has_usual_flow_control(&tty->mode);

	if (before != now)
		pair_packet_event(tty, TIOCPKT_DOSTOP | TIOCPKT_NOSTOP,
				  now ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP);
	if ((old->c_lflag | tty->mode.c_lflag) & EXTPROC)
		pair_packet_event(tty, 0, TIOCPKT_IOCTL);
	tty->mode.c_cflag = (tty->mode.c_cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
}

static int slave_open(struct uk_tty *tty)
{
	if (tty->other_closed || tty->link->locked)
		return -EIO;
	tty->link->other_closed = false;
	return 0;
}

static void free_pair(struct uk_tty_pair *pair)
{
	if (pair->master.files || pair->slave.files)
		return;
	uk_tty_forget(&pair->slave);
	if (pair->released)
		pair->released(pair);
	uk_free(pair);
}

static void slave_closed(struct uk_tty *tty)
{
	if (!tty->files) {
		tty->link->other_closed = true;
		uk_wait_wake_all(&tty->link->queue, ~0u);
	}
	free_pair(pair_of(tty));
}

static void master_closed(struct uk_tty *tty)
{
	struct uk_tty_pair *pair = pair_of(tty);

	if (tty->files)
		return;
	if (pair->master_closed)
		pair->master_closed(pair);
	pair->slave.other_closed = true;
	tty->packet = false;
	uk_tty_hang_up(&pair->slave);
	free_pair(pair);
}

static long put_int(void __user *argument, int value)
{
	return copy_to_user(argument, &value, sizeof(value));
}

static long send_signal(struct uk_tty *tty, unsigned long signal)
{
	if (signal != SIGINT && signal != SIGQUIT && signal != SIGTSTP)
		return -EINVAL;
	control_signal_foreground(tty->link, (int)signal);
	return 0;
}

static long master_ioctl(struct uk_tty *tty, struct uk_file *file, unsigned int request,
			 void __user *argument)
{
	struct uk_tty_pair *pair = pair_of(tty);
	int value = 0;

	if ((request == TIOCSPTLCK || request == TIOCPKT) &&
	    copy_from_user(&value, argument, sizeof(value)))
		return -EFAULT;
	switch (request) {
	case TIOCSPTLCK:
		tty->locked = value;
		return 0;
	case TIOCGPTLCK:
		return put_int(argument, tty->locked);
	case TIOCPKT:
		if (value && !tty->packet)
			tty->link->packet_status = 0;
		tty->packet = value;
		return 0;
	case TIOCGPKT:
		return put_int(argument, tty->packet);
	case TIOCGPTN:
		return put_int(argument, (int)pair->index);
	case TIOCSIG:
		return send_signal(tty, (unsigned long)argument);
	case TIOCGPTPEER:
		return pair->open_peer ? pair->open_peer(pair, file, (u32)(unsigned long)argument)
				       : -EIO;
	default:
		return -ENOTTY;
	}
}

static long slave_ioctl(struct uk_tty *tty, struct uk_file *file, unsigned int request,
			void __user *argument)
{
	return request == TIOCGPTPEER ? -EIO : -ENOTTY;
}

static const struct uk_tty_operations master_operations = {
	.write = pair_write,
	.room = pair_room,
	.flush = pair_flush,
	.resume_input = pair_resume_input,
	.packet_event = pair_packet_event,
	.ioctl = master_ioctl,
	.closed = master_closed,
};
static const struct uk_tty_operations slave_operations = {
	.write = pair_write,
	.room = pair_room,
	.flush = pair_flush,
	.resume_input = pair_resume_input,
	.packet_event = pair_packet_event,
	.mode_changed = slave_mode_changed,
	.ioctl = slave_ioctl,
	.open = slave_open,
	.closed = slave_closed,
};

struct uk_tty_pair *uk_tty_pair_create(u32 index)
{
	const struct termios nothing = {.c_cflag = B38400 | CS8 | CREAD};
	struct uk_tty_pair *pair = uk_zalloc(sizeof(*pair));
	struct termios master_mode = nothing;

	if (!pair)
		return NULL;
	memcpy(master_mode.c_cc, uk_tty_standard_mode.c_cc, NCCS);
	uk_tty_init(&pair->master, &master_operations, uk_device_number(MASTER_MAJOR, index),
		    &master_mode);
	uk_tty_init(&pair->slave, &slave_operations, uk_device_number(SLAVE_MAJOR, index),
		    &uk_tty_standard_mode);
	pair->index = index;
	pair->master.link = &pair->slave;
	pair->master.master = &pair->master;
	pair->master.locked = true;
	pair->slave.link = &pair->master;
	return pair;
}
