/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef PIPE_PIPE_H
#define PIPE_PIPE_H

#include <uk/errno.h>
#include <uk/pipe.h>

/* Where bytes lie: a page, or a part of one that other buffers and files see too. */
struct pipe_buffer {
	char *page;
	u32 offset, length; /* bytes; never empty */
	u32 flags;	    /* BUFFER_* */
};
#define BUFFER_MERGES 1u /* later writes may go behind its bytes */
#define BUFFER_PACKET 2u /* a read takes it whole: pipe(2), O_DIRECT */
#define BUFFER_SHARED 4u /* others have references to the page */

/*
 * Buffers tail to head (exclusive) of the ring are in use; a slot is number modulo size, a power of
 * two. Full and empty are counted in slots, so that what fits is what fits on Linux (fs/pipe.c).
 */
struct uk_pipe {
	struct pipe_buffer *buffers;
	u32 size, head, tail;
	u32 readers, writers; /* open files */
	u32 input, output;    /* events for readers and for writers there were: epoll(7)'s edges */
	u32 reader_opens, writer_opens; /* that there ever were */
	char *spare;			/* the page that was emptied last, or NULL */
	struct uk_vnode *vnode;
	u32 files;    /* that refer to it */
	bool is_fifo; /* it has a name: who opens it waits for the other end */
	struct uk_pipe *next;
};

extern const struct uk_file_operations pipe_operations;

/* The pipe of a file, or NULL. */
static inline struct uk_pipe *pipe_of(const struct uk_file *file)
{
	return file->operations == &pipe_operations ? file->data : NULL;
}

static inline bool pipe_is_empty(const struct uk_pipe *pipe)
{
	return pipe->head == pipe->tail;
}
static inline bool pipe_is_full(const struct uk_pipe *pipe)
{
	return pipe->head - pipe->tail >= pipe->size;
}
static inline struct pipe_buffer *pipe_slot(const struct uk_pipe *pipe, u32 number)
{
	return &pipe->buffers[number & (pipe->size - 1)];
}

/* A pipe for a vnode, which it does not refer to. NULL: no memory. */
struct uk_pipe *pipe_new(struct uk_vnode *vnode);
void pipe_free(struct uk_pipe *pipe);
/* The number of slots, a power of two. -EBUSY when more are in use, -ENOMEM. */
int pipe_resize(struct uk_pipe *pipe, u32 size);

/* A page for a new buffer; NULL: no memory. Not used after all: pipe_put_page(). */
char *pipe_get_page(struct uk_pipe *pipe);
void pipe_put_page(struct uk_pipe *pipe, char *page);
/* Puts a buffer behind the others, with the page; there is room. */
void pipe_add(struct uk_pipe *pipe, struct pipe_buffer buffer);
/* Takes bytes away from the first buffer. */
void pipe_consume(struct uk_pipe *pipe, size_t length);
/* A second buffer of the first `length` bytes of one. */
struct pipe_buffer pipe_share(struct pipe_buffer *buffer, size_t length);

/* Waits a moment for what others do. 0, -EAGAIN, -UK_ERESTART. */
int pipe_wait(bool nonblocking);
/* Waits for a slot. 0, -EPIPE after SIGPIPE, and as above. */
int pipe_wait_for_room(struct uk_pipe *pipe, bool nonblocking);
/* Tells the program that it writes to nobody: -EPIPE. */
int pipe_broken(void);

/* The file becomes an end, or both, of the pipe; its release undoes it. */
void pipe_attach(struct uk_pipe *pipe, struct uk_file *file);
/* From now on opening the vnode opens this pipe; until the last file has gone. */
void pipe_remember(struct uk_pipe *pipe);
void pipe_forget(struct uk_pipe *pipe);

#endif
