/* SPDX-License-Identifier: BSD-3-Clause */
/* The open files of terminals. */
#include <uk/credentials.h>
#include <uk/process.h>

#include "tty.h"

int (*uk_tty_show)(struct uk_tty *tty, char *path, size_t size);

struct uk_tty *uk_tty_of(const struct uk_file *file)
{
	return file->operations == &uk_tty_file_operations ? file->data : NULL;
}

bool tty_is_hung_up(const struct uk_file *file)
{
	return file->number != ((const struct uk_tty *)file->data)->hang_ups;
}

int uk_tty_open(struct uk_tty *tty, struct uk_file *file, bool controls)
{
	int error;

	if (tty->exclusive && !uk_capable(CAP_SYS_ADMIN))
		return -EBUSY;
	error = tty->operations->open ? tty->operations->open(tty) : 0;
	if (error)
		return error;
	file->operations = &uk_tty_file_operations;
	file->data = tty;
	file->number = tty->hang_ups;
	tty->files++;
	if (controls)
		control_take(tty, file);
	return 0;
}

static void tty_release(struct uk_file *file)
{
	struct uk_tty *tty = file->data;

	tty->files--;
	if (tty->operations->closed)
		tty->operations->closed(tty);
}

static int tty_poll(struct uk_file *file, int wanted)
{
	struct uk_tty *tty = file->data;
	int events = 0;

	if (tty_is_hung_up(file))
		return (wanted & (TTY_READABLE | TTY_WRITABLE)) | POLLERR | POLLHUP;
	if (read_is_ready(tty, true))
		events |= TTY_READABLE;
	if (tty->packet && tty->link->packet_status)
		events |= POLLPRI | TTY_READABLE;
	if (tty->other_closed)
		events |= POLLHUP;
	if (tty->operations->room(tty))
		events |= TTY_WRITABLE;
	return events & (wanted | POLLHUP | POLLERR);
}

static struct uk_wait_queue *tty_queue(struct uk_file *file, u32 *events)
{
	return &((struct uk_tty *)file->data)->queue;
}

void uk_tty_hang_up(struct uk_tty *tty)
{
	tty->hang_ups++;
	control_hang_up(tty);
	input_discard(tty);
	tty->packet_status = 0;
	uk_wait_wake_all(&tty->queue, ~0u);
}

const struct uk_file_operations uk_tty_file_operations = {
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.queue = tty_queue,
	.ioctl = tty_ioctl,
	.release = tty_release,
};
