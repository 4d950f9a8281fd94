/* SPDX-License-Identifier: BSD-3-Clause */
/* The ring of buffers. */
#include <uk/alloc.h>
#include <uk/page.h>
#include <uk/string.h>

#include "pipe.h"

#define SLOTS_AT_START 16 /* pipe(7): 65536 bytes */

struct uk_pipe *pipe_new(struct uk_vnode *vnode)
{
	struct uk_pipe *pipe = uk_zalloc(sizeof(*pipe));

	if (!pipe)
		return NULL;
	pipe->vnode = vnode;
	if (pipe_resize(pipe, SLOTS_AT_START)) {
		uk_free(pipe);
		return NULL;
	}
	return pipe;
}

void pipe_free(struct uk_pipe *pipe)
{
	while (!pipe_is_empty(pipe))
		pipe_consume(pipe, pipe_slot(pipe, pipe->tail)->length);
	if (pipe->spare)
		uk_page_put(uk_page_from_address(pipe->spare));
	uk_free(pipe->buffers);
	uk_free(pipe);
}

int pipe_resize(struct uk_pipe *pipe, u32 size)
{
	u32 used = pipe->head - pipe->tail;
	struct pipe_buffer *buffers;

	if (size < used)
		return -EBUSY;
	buffers = uk_malloc(size * sizeof(*buffers));
	if (!buffers)
		return -ENOMEM;
	for (u32 i = 0; i < used; i++)
		buffers[i] = *pipe_slot(pipe, pipe->tail + i);
	uk_free(pipe->buffers);
	pipe->buffers = buffers;
	pipe->size = size;
	pipe->tail = 0;
	pipe->head = used;
	return 0;
}

char *pipe_get_page(struct uk_pipe *pipe)
{
	char *page = pipe->spare;
	uk_paddr_t frame;

	if (page) {
		pipe->spare = NULL;
		return page;
	}
	frame = uk_page_alloc();
	return frame == UK_PAGE_NONE ? NULL : uk_page_address(frame);
}

void pipe_put_page(struct uk_pipe *pipe, char *page)
{
	if (pipe->spare)
		uk_page_put(uk_page_from_address(page));
	else
		pipe->spare = page;
}

void pipe_add(struct uk_pipe *pipe, struct pipe_buffer buffer)
{
	*pipe_slot(pipe, pipe->head++) = buffer;
}

void pipe_consume(struct uk_pipe *pipe, size_t length)
{
	struct pipe_buffer *buffer = pipe_slot(pipe, pipe->tail);
	bool was_full;

	buffer->offset += length;
	buffer->length -= length;
	if (buffer->length)
		return;
	was_full = pipe_is_full(pipe);
	pipe->tail++;
	if (was_full)
		uk_wait_wake(&pipe->queue, PIPE_WRITABLE);
	if (buffer->flags & BUFFER_SHARED)
		uk_page_put(uk_page_from_address(buffer->page));
	else
		pipe_put_page(pipe, buffer->page);
}

struct pipe_buffer pipe_share(struct pipe_buffer *buffer, size_t length)
{
	struct pipe_buffer copy = *buffer;

	uk_page_get(uk_page_from_address(buffer->page));
	buffer->flags |= BUFFER_SHARED;
	copy.length = length;
	copy.flags = (buffer->flags & ~BUFFER_MERGES);
	return copy;
}
