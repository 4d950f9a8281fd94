/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pipes and fifos (pipe(7), fifo(7)): rings of pages, filled and emptied through the files of their
 * two ends. A blocking call returns -UK_ERESTART if a signal is pending.
 */
#ifndef UK_PIPE_H
#define UK_PIPE_H

#include <uk/file.h>
#include <uk/linux/splice.h>

/* Creates a pipe's ends, files[0] for reading. flags: O_NONBLOCK, O_DIRECT (packets). 0, -ENFILE or
 * -ENOMEM. */
int uk_pipe_create(u32 flags, struct uk_file *files[2]);

/*
 * The three calls in kernel terms: the number of bytes moved, 0 at the end, or a negative errno.
 * flags: SPLICE_F_*; only SPLICE_F_NONBLOCK has an effect.
 *
 * offset NULL: use the file's own, and advance it. -EBADF if a file is not open for that; -EINVAL
 * if neither is a pipe, both are the same, or `to` appends; -ESPIPE for the offset of a pipe;
 * -EAGAIN; -EPIPE and SIGPIPE if there is no reader.
 */
ssize_t uk_splice(struct uk_file *from, s64 *from_offset, struct uk_file *to, s64 *to_offset,
		  size_t length, u32 flags);
ssize_t uk_tee(struct uk_file *from, struct uk_file *to, size_t length, u32 flags);
/* vector is kernel memory, and the memory that it refers to was checked by uk_access_ok(). It is
 * copied. -EBADF if the file is not a pipe. */
ssize_t uk_vmsplice(struct uk_file *file, const struct iovec *vector, size_t count, u32 flags);

#endif
