/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef PIPE_PIPE_H
#define PIPE_PIPE_H

#include <uk/errno.h>
#include <uk/pipe.h>
#include <uk/wait.h>

/* A buffer: a page, or a part of one that other buffers and files may share. */
struct pipe_buffer {
	char *page;
	u32 offset, length; /* bytes; never empty */
	u32 flags;	    /* BUFFER_* */
};
#define BUFFER_MERGES 1u /* later writes may append to its bytes */
#define BUFFER_PACKET 2u /* one read consumes it whole: pipe(2), O_DIRECT */
#define BUFFER_SHARED 4u /* there are other references to the page */

/*
 * Buffers tail to head (exclusive) of the ring are in use; the slot of a number is the number
 * modulo size, a power of two. Full and empty are counted in slots, so that the capacity is the
 * same as on Linux (fs/pipe.c).
 */
struct uk_pipe {
	struct pipe_buffer *buffers;
	u32 size, head, tail;
	u32 readers, writers;		/* open files */
	struct uk_wait_queue queue;	/* for bytes, room, and the ends of the other side */
	struct uk_wait_queue opens;	/* for the open of the other end: fifo(7) */
	u32 reader_opens, writer_opens; /* number of opens so far */
	char *spare;			/* the most recently emptied page, or NULL */
	struct uk_vnode *vnode;
	u32 files;    /* that refer to the pipe */
	bool is_fifo; /* it has a name: open(2) waits for the other end */
	struct uk_pipe *next;
};

extern const struct uk_file_operations pipe_operations;

/* Returns the pipe of a file, or NULL. */
static inline struct uk_pipe *pipe_of(const struct uk_file *file)
{
	return file->operations == &pipe_operations ? file->data : NULL;
}

/* Events of the queue. */
#define PIPE_READABLE (POLLIN | POLLRDNORM)
#define PIPE_WRITABLE (POLLOUT | POLLWRNORM)

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

/* Creates a pipe for a vnode, without a reference to it. NULL: no memory. */
struct uk_pipe *pipe_new(struct uk_vnode *vnode);
void pipe_free(struct uk_pipe *pipe);
/* Sets the number of slots, a power of two. -EBUSY: more are in use; -ENOMEM. */
int pipe_resize(struct uk_pipe *pipe, u32 size);

/* Allocates a page for a new buffer; NULL: no memory. Return an unused page with
 * pipe_put_page(). */
char *pipe_get_page(struct uk_pipe *pipe);
void pipe_put_page(struct uk_pipe *pipe, char *page);
/* Appends a buffer and takes over its page. The caller has checked that there is room, and wakes
 * readers afterwards. */
void pipe_add(struct uk_pipe *pipe, struct pipe_buffer buffer);
/* Removes bytes from the first buffer. */
void pipe_consume(struct uk_pipe *pipe, size_t length);
/* Returns a second buffer that shares the first `length` bytes of one. */
struct pipe_buffer pipe_share(struct pipe_buffer *buffer, size_t length);

/* Whether a call waits, and whether it alone is woken for what comes: then it wakes the next one if
 * it leaves something. */
enum pipe_wait {
	PIPE_NONBLOCKING,
	PIPE_SHARED,
	PIPE_EXCLUSIVE,
};
/* Waits for bytes, or the end of the last writer: 0, -EAGAIN, -UK_ERESTART. */
int pipe_wait_for_bytes(struct uk_pipe *pipe, enum pipe_wait wait);
/* Waits for a free slot. 0, -EPIPE after SIGPIPE, and as above. */
int pipe_wait_for_room(struct uk_pipe *pipe, enum pipe_wait wait);
/* Sends SIGPIPE to the thread, because the pipe has no reader. Returns -EPIPE. */
int pipe_broken(void);

/* Makes the file an end of the pipe, or both ends; its release undoes this. */
void pipe_attach(struct uk_pipe *pipe, struct uk_file *file);
/* From now on, opening the vnode opens this pipe, until the last file is closed. */
void pipe_remember(struct uk_pipe *pipe);
void pipe_forget(struct uk_pipe *pipe);

#endif
