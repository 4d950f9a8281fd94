/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening fifos: fifo(7), and, through /proc/self/fd, the pipes of pipe(2). The data are in memory,
 * whichever file system has the name. */
#include <uk/device.h>
#include <uk/init.h>
#include <uk/signal.h>

#include "pipe.h"

static struct uk_pipe *pipes; /* all open pipes */

static struct uk_pipe **find(const struct uk_vnode *vnode)
{
	struct uk_pipe **link = &pipes;

	while (*link && (*link)->vnode != vnode)
		link = &(*link)->next;
	return link;
}

void pipe_remember(struct uk_pipe *pipe)
{
	pipe->next = pipes;
	pipes = pipe;
}

void pipe_forget(struct uk_pipe *pipe)
{
	struct uk_pipe **link = find(pipe->vnode);

	if (*link)
		*link = pipe->next;
}

/* Waits until a file is opened for the other direction, even if it is closed at once. */
static int wait_for_partner(struct uk_pipe *pipe, const u32 *opens)
{
	u32 before = *opens;

	return uk_wait_until(&pipe->opens, PIPE_READABLE, false, *opens != before, UINT64_MAX)
		       ? -UK_ERESTART
		       : 0;
}

static int meet_partner(struct uk_pipe *pipe, struct uk_file *file)
{
	bool nonblocking = file->flags & O_NONBLOCK;

	switch (file->mode & (UK_FILE_READ | UK_FILE_WRITE)) {
	case UK_FILE_READ:
		if (pipe->writers)
			return 0;
		if (!nonblocking)
			return wait_for_partner(pipe, &pipe->writer_opens);
		file->number = pipe->writer_opens;
		return 0;
	case UK_FILE_WRITE:
		if (pipe->readers)
			return 0;
		return wait_for_partner(pipe, &pipe->reader_opens);
	default:
		return 0;
	}
}

static int fifo_open(struct uk_vnode *vnode, struct uk_file *file)
{
	u32 mode = file->mode & (UK_FILE_READ | UK_FILE_WRITE);
	struct uk_pipe *pipe = *find(vnode);
	int error;

	if (!mode)
		return -EINVAL;
	if (mode == UK_FILE_WRITE && file->flags & O_NONBLOCK &&
	    !(pipe && (pipe->readers || !pipe->is_fifo)))
		return -ENXIO;
	if (!pipe) {
		pipe = pipe_new(vnode);
		if (!pipe)
			return -ENOMEM;
		/* differs from the number of a file that has seen no writer */
		pipe->writer_opens = 1;
		pipe->is_fifo = true;
		pipe_remember(pipe);
	}
	pipe_attach(pipe, file);
	error = pipe->is_fifo ? meet_partner(pipe, file) : 0;
	if (error)
		pipe_operations.release(file);
	return error;
}

static int set_open(void)
{
	uk_fifo_open = fifo_open;
	return 0;
}
UK_INIT(UK_INIT_CLASS_LIB, set_open);
