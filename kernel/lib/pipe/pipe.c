/* SPDX-License-Identifier: BSD-3-Clause */
/* The open files of pipes: pipe(7). */
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/wait.h>

#include "pipe.h"

#define PIPE_MODE (S_IFIFO | 0600)

int pipe_wait_for_bytes(struct uk_pipe *pipe, enum pipe_wait wait)
{
	struct uk_wait_one one;
	int error;

	if (!pipe_is_empty(pipe) || !pipe->writers)
		return 0;
	if (wait == PIPE_NONBLOCKING)
		return -EAGAIN;
	/* The most frequent wait: nothing has run since the test above, so no second one is needed.
	 */
	uk_wait_begin_one(&one, &pipe->queue, PIPE_READABLE, wait == PIPE_EXCLUSIVE);
	do
		error = uk_wait_for_wake(&one.wait, UINT64_MAX);
	while (!error && pipe_is_empty(pipe) && pipe->writers);
	uk_wait_end_one(&one);
	return error ? -UK_ERESTART : 0;
}

int pipe_broken(void)
{
	const siginfo_t information = {
		.si_signo = SIGPIPE,
		.si_code = SI_USER,
		.si_pid = uk_process_current()->pid,
	};

	uk_signal_send(uk_signal_to_thread(uk_thread_current()), &information);
	return -EPIPE;
}

int pipe_wait_for_room(struct uk_pipe *pipe, enum pipe_wait wait)
{
	if (pipe->readers && pipe_is_full(pipe)) {
		if (wait == PIPE_NONBLOCKING)
			return -EAGAIN;
		if (uk_wait_until(&pipe->queue, PIPE_WRITABLE, wait == PIPE_EXCLUSIVE,
				  !pipe->readers || !pipe_is_full(pipe), UINT64_MAX))
			return -UK_ERESTART;
	}
	return pipe->readers ? 0 : pipe_broken();
}

static enum pipe_wait wait_of(const struct uk_file *file)
{
	return file->flags & O_NONBLOCK ? PIPE_NONBLOCKING : PIPE_EXCLUSIVE;
}

/* Reads the available bytes, up to length. After a fault the buffer is unchanged (Linux,
 * pipe_read()). */
static ssize_t take(struct uk_pipe *pipe, char *buffer, size_t length)
{
	size_t done = 0;

	while (done < length && !pipe_is_empty(pipe)) {
		const struct pipe_buffer *from = pipe_slot(pipe, pipe->tail);
		size_t part = MIN(length - done, (size_t)from->length);
		bool packet = from->flags & BUFFER_PACKET;

		if (copy_to_buffer(buffer + done, from->page + from->offset, part))
			return done ? (ssize_t)done : -EFAULT;
		done += part;
		/* The rest of a packet is discarded. */
		pipe_consume(pipe, packet ? from->length : part);
		if (packet)
			break;
	}
	return (ssize_t)done;
}

static ssize_t pipe_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct uk_pipe *pipe = file->data;
	bool waits;
	ssize_t taken;
	int error;

	if (!length)
		return 0;
	waits = pipe_is_empty(pipe);
	if (waits) {
		error = pipe_wait_for_bytes(pipe, wait_of(file));
		if (error || pipe_is_empty(pipe))
			return error;
	}
	pipe->vnode->atime = uk_vnode_now();
	taken = take(pipe, buffer, length);
	if (waits && !pipe_is_empty(pipe))
		uk_wait_wake(&pipe->queue, PIPE_READABLE);
	return taken;
}

/* Appends the bytes of a write beyond whole pages to the last buffer if they fit there (Linux,
 * pipe_write()). Returns their number, or -EFAULT. */
static ssize_t merge(struct uk_pipe *pipe, const char *buffer, size_t length)
{
	struct pipe_buffer *last = pipe_slot(pipe, pipe->head - 1);
	size_t odd = length & ~UK_PAGE_MASK, end = last->offset + last->length;

	if (!odd || !(last->flags & BUFFER_MERGES) || end + odd > UK_PAGE_SIZE)
		return 0;
	if (copy_from_buffer(last->page + end, buffer, odd))
		return -EFAULT;
	last->length += odd;
	return (ssize_t)odd;
}

/* Adds at most a page, in a slot of its own. */
static ssize_t add_page(struct uk_pipe *pipe, const char *buffer, size_t length, u32 flags)
{
	char *page = pipe_get_page(pipe);

	if (!page)
		return -ENOMEM;
	length = MIN(length, UK_PAGE_SIZE);
	if (copy_from_buffer(page, buffer, length)) {
		pipe_put_page(pipe, page);
		return -EFAULT;
	}
	pipe_add(pipe, (struct pipe_buffer){.page = page, .length = length, .flags = flags});
	return (ssize_t)length;
}

static ssize_t pipe_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	u32 flags = file->flags & O_DIRECT ? BUFFER_PACKET : BUFFER_MERGES;
	struct uk_pipe *pipe = file->data;
	const char *from = buffer;
	bool waits = false;
	ssize_t part = 0;
	size_t done = 0;

	if (!length)
		return 0;
	if (!pipe->readers)
		return pipe_broken();
	if (!pipe_is_empty(pipe))
		part = merge(pipe, from, length);
	while (part >= 0 && (done += (size_t)part) < length) {
		if (pipe_is_full(pipe) && wait_of(file) != PIPE_NONBLOCKING) {
			waits = true;
			uk_wait_wake(&pipe->queue, PIPE_READABLE);
		}
		part = pipe_wait_for_room(pipe, wait_of(file));
		if (!part)
			part = add_page(pipe, from + done, length - done, flags);
	}
	/* As on Linux, this is an edge even if there was no room. */
	uk_wait_wake(&pipe->queue, PIPE_READABLE);
	if (waits && !pipe_is_full(pipe))
		uk_wait_wake(&pipe->queue, PIPE_WRITABLE);
	if (!done)
		return part;
	pipe->vnode->mtime = pipe->vnode->ctime = uk_vnode_now();
	return (ssize_t)done;
}

static int pipe_poll(struct uk_file *file, int wanted)
{
	const struct uk_pipe *pipe = file->data;
	int events = 0;

	if (file->mode & UK_FILE_READ) {
		if (!pipe_is_empty(pipe))
			events |= POLLIN | POLLRDNORM;
		/* No hang-up before the first writer: number is writer_opens when the fifo was
		 * opened. */
		if (!pipe->writers && file->number != pipe->writer_opens)
			events |= POLLHUP;
	}
	if (file->mode & UK_FILE_WRITE) {
		if (!pipe_is_full(pipe))
			events |= POLLOUT | POLLWRNORM;
		if (!pipe->readers)
			events |= POLLERR;
	}
	return events & (wanted | POLLHUP | POLLERR);
}

static struct uk_wait_queue *pipe_queue(struct uk_file *file, u32 *events)
{
	struct uk_pipe *pipe = file->data;

	if (!(file->mode & UK_FILE_READ))
		*events &= ~(u32)PIPE_READABLE;
	if (!(file->mode & UK_FILE_WRITE))
		*events &= ~(u32)PIPE_WRITABLE;
	return &pipe->queue;
}

static long pipe_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	const struct uk_pipe *pipe = file->data;
	int bytes = 0;

	if (request != FIONREAD)
		return -ENOTTY;
	for (u32 slot = pipe->tail; slot != pipe->head; slot++)
		bytes += (int)pipe_slot(pipe, slot)->length;
	return copy_to_user(argument, &bytes, sizeof(bytes));
}

/* F_SETPIPE_SZ and F_GETPIPE_SZ: bytes, rounded up to a power of two of pages. */
static long pipe_control(struct uk_file *file, unsigned int operation, unsigned long argument)
{
	struct uk_pipe *pipe = file->data;
	u32 bytes = (u32)argument, slots = 1;
	int error;

	if (operation == F_GETPIPE_SZ)
		return (long)(pipe->size * UK_PAGE_SIZE);
	if (operation != F_SETPIPE_SZ || bytes > 1u << 31)
		return -EINVAL;
	while (slots * UK_PAGE_SIZE < bytes)
		slots *= 2;
	error = pipe_resize(pipe, slots);
	if (!error)
		uk_wait_wake_all(&pipe->queue, PIPE_WRITABLE);
	return error ? error : (long)(slots * UK_PAGE_SIZE);
}

static ssize_t pipe_splice(struct uk_file *file, struct uk_file *from, s64 *offset, size_t length)
{
	return uk_splice(from, offset, file, NULL, length, 0);
}

static int pipe_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "pipe:[%lu]", file->vnode->ino);
}

void pipe_attach(struct uk_pipe *pipe, struct uk_file *file)
{
	file->operations = &pipe_operations;
	file->data = pipe;
	file->number = 0;
	pipe->files++;
	if (file->mode & UK_FILE_READ) {
		pipe->readers++;
		pipe->reader_opens++;
	}
	if (file->mode & UK_FILE_WRITE) {
		pipe->writers++;
		pipe->writer_opens++;
	}
	uk_wait_wake_all(&pipe->opens, PIPE_READABLE);
}

static void pipe_release(struct uk_file *file)
{
	struct uk_pipe *pipe = file->data;

	pipe->readers -= (file->mode & UK_FILE_READ) != 0;
	pipe->writers -= (file->mode & UK_FILE_WRITE) != 0;
	if (--pipe->files) {
		/* The last file of one side has been closed, but not of the other one. */
		if (!pipe->readers != !pipe->writers)
			uk_wait_wake_all(&pipe->queue, ~0u);
		return;
	}
	pipe_forget(pipe);
	pipe_free(pipe);
}

const struct uk_file_operations pipe_operations = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.queue = pipe_queue,
	.ioctl = pipe_ioctl,
	.control = pipe_control,
	.splice = pipe_splice,
	.name = pipe_name,
	.release = pipe_release,
};

int uk_pipe_create(u32 flags, struct uk_file *files[2])
{
	struct uk_vnode *vnode = uk_vnode_new_anonymous(PIPE_MODE);
	struct uk_pipe *pipe;
	int error;

	if (!vnode)
		return -ENOMEM;
	pipe = pipe_new(vnode);
	if (!pipe) {
		uk_vnode_put(vnode);
		return -ENOMEM;
	}
	files[0] = uk_file_new(vnode, &pipe_operations, O_RDONLY | (flags & O_NONBLOCK), &error);
	if (!files[0]) {
		pipe_free(pipe);
		return error;
	}
	pipe_remember(pipe);
	pipe_attach(pipe, files[0]);
	files[1] = uk_file_new(uk_vnode_get(vnode), &pipe_operations,
			       O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT)), &error);
	if (!files[1]) {
		uk_file_put(files[0]);
		return error;
	}
	pipe_attach(pipe, files[1]);
	return 0;
}
