/* SPDX-License-Identifier: BSD-3-Clause */
/* Moving bytes between files and pipes: splice(2), tee(2), vmsplice(2). */
#include <uk/alloc.h>
#include <uk/uaccess.h>

#include "pipe.h"

/* Waits for bytes: 1, 0 at the end, or a negative errno. */
static int wait_for_bytes(struct uk_pipe *pipe, bool nonblocking)
{
	int error = pipe_wait_for_bytes(pipe, nonblocking ? PIPE_NONBLOCKING : PIPE_SHARED);

	return error ? error : !pipe_is_empty(pipe);
}

static int wait_for_room(struct uk_pipe *pipe, bool nonblocking)
{
	return pipe_wait_for_room(pipe, nonblocking ? PIPE_NONBLOCKING : PIPE_SHARED);
}

static ssize_t read_at(struct uk_file *file, void *buffer, size_t length, s64 *offset)
{
	ssize_t got;

	if (!offset)
		return uk_file_read(file, buffer, length);
	got = uk_file_read_at(file, buffer, length, *offset);
	if (got > 0)
		*offset += got;
	return got;
}

static ssize_t write_at(struct uk_file *file, const void *buffer, size_t length, s64 *offset)
{
	ssize_t put;

	if (!offset)
		return uk_file_write(file, buffer, length);
	put = uk_file_write_at(file, buffer, length, *offset);
	if (put > 0)
		*offset += put;
	return put;
}

/* Called after bytes were added. Returns their number. */
static size_t wake_readers(struct uk_pipe *pipe, size_t added)
{
	if (added)
		uk_wait_wake(&pipe->queue, PIPE_READABLE);
	return added;
}

/* Moves as many pages as there are slots; each page of the file is a buffer, as on Linux. */
static ssize_t file_to_pipe(struct uk_file *from, s64 *offset, struct uk_pipe *pipe, size_t length,
			    bool nonblocking)
{
	size_t done = 0;
	ssize_t got = wait_for_room(pipe, nonblocking);

	if (got)
		return got;
	while (done < length && !pipe_is_full(pipe)) {
		u64 position = (u64)(offset ? *offset : from->offset);
		size_t room = UK_PAGE_SIZE - (position & ~UK_PAGE_MASK);
		size_t part = MIN(length - done, room);
		char *page = pipe_get_page(pipe);

		got = page ? read_at(from, page, part, offset) : -ENOMEM;
		if (got <= 0) {
			if (page)
				pipe_put_page(pipe, page);
			break;
		}
		pipe_add(pipe, (struct pipe_buffer){.page = page, .length = (u32)got});
		done += (size_t)got;
		if ((size_t)got < part)
			break;
	}
	return wake_readers(pipe, done) ? (ssize_t)done : got;
}

static ssize_t pipe_to_file(struct uk_pipe *pipe, struct uk_file *to, s64 *offset, size_t length,
			    bool nonblocking)
{
	ssize_t put = wait_for_bytes(pipe, nonblocking);
	size_t done = 0;

	if (put <= 0)
		return put;
	while (done < length && !pipe_is_empty(pipe)) {
		const struct pipe_buffer *buffer = pipe_slot(pipe, pipe->tail);
		size_t part = MIN(length - done, (size_t)buffer->length);

		put = write_at(to, buffer->page + buffer->offset, part, offset);
		if (put <= 0)
			break;
		pipe_consume(pipe, (size_t)put);
		done += (size_t)put;
		if ((size_t)put < part)
			break;
	}
	return done ? (ssize_t)done : put;
}

/* Waits for bytes in one pipe and room in the other: 1, 0 at the end, or a negative errno. */
static int wait_for_both(struct uk_pipe *from, struct uk_pipe *to, bool nonblocking)
{
	int ready = wait_for_bytes(from, nonblocking), error;

	if (ready < 0)
		return ready;
	error = wait_for_room(to, nonblocking);
	return error ? error : ready;
}

static ssize_t pipe_to_pipe(struct uk_pipe *from, struct uk_pipe *to, size_t length,
			    bool nonblocking)
{
	int ready = wait_for_both(from, to, nonblocking);
	size_t done = 0;

	if (ready <= 0)
		return ready;
	while (done < length && !pipe_is_empty(from) && !pipe_is_full(to)) {
		struct pipe_buffer *buffer = pipe_slot(from, from->tail);
		size_t part = MIN(length - done, (size_t)buffer->length);

		pipe_add(to, pipe_share(buffer, part));
		pipe_consume(from, part);
		done += part;
	}
	return (ssize_t)wake_readers(to, done);
}

/* Standard streams look like pipes but belong to the platform: moves what one read returns. */
static ssize_t stream_to_file(struct uk_file *from, s64 *from_offset, struct uk_file *to,
			      s64 *to_offset, size_t length)
{
	char *memory = uk_malloc(UK_PAGE_SIZE);
	ssize_t result;

	if (!memory)
		return -ENOMEM;
	result = read_at(from, memory, MIN(length, UK_PAGE_SIZE), from_offset);
	if (result > 0)
		result = write_at(to, memory, (size_t)result, to_offset);
	uk_free(memory);
	return result;
}

static int check(const struct uk_file *from, const s64 *from_offset, const struct uk_file *to,
		 const s64 *to_offset)
{
	if (!(from->mode & UK_FILE_READ) || !(to->mode & UK_FILE_WRITE))
		return -EBADF;
	if (!uk_vnode_is(from->vnode, S_IFIFO) && !uk_vnode_is(to->vnode, S_IFIFO))
		return -EINVAL;
	/* If one file was given no offset, its own is used. */
	if ((from_offset && !(from->mode & UK_FILE_SEEK)) ||
	    (to_offset && !(to->mode & UK_FILE_SEEK)))
		return -EINVAL;
	if (uk_vnode_is(from->vnode, S_IFIFO) && from->vnode == to->vnode)
		return -EINVAL;
	return !uk_vnode_is(to->vnode, S_IFIFO) && to->flags & O_APPEND ? -EINVAL : 0;
}

ssize_t uk_splice(struct uk_file *from, s64 *from_offset, struct uk_file *to, s64 *to_offset,
		  size_t length, u32 flags)
{
	struct uk_pipe *source = pipe_of(from), *target = pipe_of(to);
	bool nonblocking = flags & SPLICE_F_NONBLOCK;
	int error = check(from, from_offset, to, to_offset);

	if (error)
		return error;
	length = MIN(length, UK_FILE_LENGTH_MAX);
	if (source)
		nonblocking |= (from->flags & O_NONBLOCK) != 0;
	if (target)
		nonblocking |= (to->flags & O_NONBLOCK) != 0;
	if (source && target)
		return pipe_to_pipe(source, target, length, nonblocking);
	if (source)
		return pipe_to_file(source, to, to_offset, length, nonblocking);
	if (target)
		return file_to_pipe(from, from_offset, target, length, nonblocking);
	return stream_to_file(from, from_offset, to, to_offset, length);
}

ssize_t uk_tee(struct uk_file *from, struct uk_file *to, size_t length, u32 flags)
{
	struct uk_pipe *source = pipe_of(from), *target = pipe_of(to);
	bool nonblocking = flags & SPLICE_F_NONBLOCK || (from->flags | to->flags) & O_NONBLOCK;
	size_t done = 0;
	int ready;

	if (!(from->mode & UK_FILE_READ) || !(to->mode & UK_FILE_WRITE))
		return -EBADF;
	if (!source || !target || source == target)
		return -EINVAL;
	ready = wait_for_both(source, target, nonblocking);
	if (ready <= 0)
		return ready;
	for (u32 slot = source->tail; slot != source->head; slot++) {
		struct pipe_buffer *buffer = pipe_slot(source, slot);
		size_t part = MIN(length - done, (size_t)buffer->length);

		if (!part || pipe_is_full(target))
			break;
		pipe_add(target, pipe_share(buffer, part));
		done += part;
	}
	return (ssize_t)wake_readers(target, done);
}

/* Each page of the program's is a buffer, as on Linux, but Linux does not copy it. */
static ssize_t memory_to_pipe(struct uk_pipe *pipe, const struct iovec *part)
{
	const char *memory = part->iov_base;
	size_t done = 0;

	while (done < part->iov_len && !pipe_is_full(pipe)) {
		size_t room = UK_PAGE_SIZE - ((uintptr_t)(memory + done) & ~UK_PAGE_MASK);
		size_t length = MIN(part->iov_len - done, room);
		char *page = pipe_get_page(pipe);

		if (!page)
			return done ? (ssize_t)done : -ENOMEM;
		if (copy_from_buffer(page, memory + done, length)) {
			pipe_put_page(pipe, page);
			return done ? (ssize_t)done : -EFAULT;
		}
		pipe_add(pipe, (struct pipe_buffer){.page = page, .length = length});
		done += length;
	}
	return (ssize_t)done;
}

static ssize_t pipe_to_memory(struct uk_pipe *pipe, const struct iovec *part)
{
	size_t done = 0;

	while (done < part->iov_len && !pipe_is_empty(pipe)) {
		const struct pipe_buffer *from = pipe_slot(pipe, pipe->tail);
		size_t length = MIN(part->iov_len - done, (size_t)from->length);

		if (copy_to_buffer((char *)part->iov_base + done, from->page + from->offset,
				   length))
			return done ? (ssize_t)done : -EFAULT;
		pipe_consume(pipe, length);
		done += length;
	}
	return (ssize_t)done;
}

ssize_t uk_vmsplice(struct uk_file *file, const struct iovec *vector, size_t count, u32 flags)
{
	bool write = file->mode & UK_FILE_WRITE, nonblocking = flags & SPLICE_F_NONBLOCK;
	struct uk_pipe *pipe = pipe_of(file);
	ssize_t error = 0;
	size_t done = 0;
	int ready;

	if (!pipe)
		return -EBADF;
	ready = write ? wait_for_room(pipe, nonblocking) : wait_for_bytes(pipe, nonblocking);
	if (write ? ready : ready <= 0)
		return ready;
	for (size_t i = 0; i < count; i++) {
		ssize_t part =
			write ? memory_to_pipe(pipe, &vector[i]) : pipe_to_memory(pipe, &vector[i]);

		if (part < 0) {
			error = part;
			break;
		}
		done += (size_t)part;
		if ((size_t)part < vector[i].iov_len)
			break;
	}
	if (write)
		wake_readers(pipe, done);
	return done ? (ssize_t)done : error;
}
