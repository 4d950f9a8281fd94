/* SPDX-License-Identifier: BSD-3-Clause */
/* readv(2), writev(2) and their positioned forms. */
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define RWF_KNOWN (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)

static ssize_t do_vector(int fd, const struct iovec __user *iov, int count, bool write, s64 offset)
{
	struct uk_file *file = uk_fd_get(fd);
	struct uk_io_vector vector;
	ssize_t result = 0;

	if (!file)
		return -EBADF;
	if (offset != UK_FILE_OWN_OFFSET && !(file->mode & UK_FILE_SEEK))
		result = -ESPIPE;
	else if (!(file->mode & (write ? UK_FILE_WRITE : UK_FILE_READ)))
		result = -EBADF;
	else
		result = uk_io_vector_get(&vector, iov, (size_t)count, false);
	if (!result) {
		result = uk_file_transfer(file, &vector, write, offset);
		uk_io_vector_put(&vector);
	}
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(ssize_t, readv, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, false, UK_FILE_OWN_OFFSET);
}

UK_SYSCALL_R_DEFINE(ssize_t, writev, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, true, UK_FILE_OWN_OFFSET);
}

/* The raw calls take the offset in two halves for 32-bit machines; here the first contains all of
 * it. */
UK_LLSYSCALL_R_DEFINE(ssize_t, preadv, int, fd, const struct iovec *, iov, int, iovcnt, s64, offset,
		      long, high)
{
	return offset < 0 ? -EINVAL : do_vector(fd, iov, iovcnt, false, offset);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pwritev, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high)
{
	return offset < 0 ? -EINVAL : do_vector(fd, iov, iovcnt, true, offset);
}

UK_SYSCALL_PARTIAL(preadv2, "RWF_HIPRI and RWF_NOWAIT have no effect");
UK_LLSYSCALL_R_DEFINE(ssize_t, preadv2, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high, int, flags)
{
	if (offset < UK_FILE_OWN_OFFSET)
		return -EINVAL;
	if (flags & ~(RWF_KNOWN & ~RWF_APPEND))
		return -EOPNOTSUPP;
	return do_vector(fd, iov, iovcnt, false, offset);
}

static ssize_t append_vector(int fd, const struct iovec __user *iov, int count, s64 offset)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	/* At the end; the file's own offset changes only if it was to be used. */
	result = do_vector(fd, iov, count, true,
			   file->mode & UK_FILE_SEEK ? (s64)file->vnode->size : offset);
	if (result > 0 && offset == UK_FILE_OWN_OFFSET && file->mode & UK_FILE_SEEK)
		file->offset = (s64)file->vnode->size;
	uk_file_put(file);
	return result;
}

UK_SYSCALL_PARTIAL(pwritev2, "RWF_HIPRI, RWF_NOWAIT, RWF_DSYNC and RWF_SYNC have no effect");
UK_LLSYSCALL_R_DEFINE(ssize_t, pwritev2, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high, int, flags)
{
	if (offset < UK_FILE_OWN_OFFSET)
		return -EINVAL;
	if (flags & ~RWF_KNOWN)
		return -EOPNOTSUPP;
	if (flags & RWF_APPEND)
		return append_vector(fd, iov, iovcnt, offset);
	return do_vector(fd, iov, iovcnt, true, offset);
}
