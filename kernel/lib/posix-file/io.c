/* SPDX-License-Identifier: BSD-3-Clause */
/* read(2), write(2), their vector and positioned forms, lseek(2). */
#include <uk/alloc.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/old_vfs.h>

/* Bits of O_ACCMODE plus one, as Linux computes them: the fourth mode, 3, allows neither. */
#define MODE_READ    1u
#define MODE_WRITE   2u
#define RW_COUNT_MAX 0x7ffff000UL /* what one call moves at most: read(2), NOTES */

static ssize_t do_read(struct uk_file *file, void __user *buffer, size_t count)
{
	if (!((file->flags + 1) & MODE_READ))
		return -EBADF;
	if (!uk_access_ok(buffer, count))
		return -EFAULT;
	if (!file->operations->read)
		return -EINVAL;
	return file->operations->read(file, buffer, MIN(count, RW_COUNT_MAX));
}

static ssize_t do_write(struct uk_file *file, const void __user *buffer, size_t count)
{
	if (!((file->flags + 1) & MODE_WRITE))
		return -EBADF;
	if (!uk_access_ok(buffer, count))
		return -EFAULT;
	if (!file->operations->write)
		return -EINVAL;
	return file->operations->write(file, buffer, MIN(count, RW_COUNT_MAX));
}

UK_SYSCALL_R_DEFINE(ssize_t, read, int, fd, void *, buf, size_t, count)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	result = do_read(file, buf, count);
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(ssize_t, write, int, fd, const void *, buf, size_t, count)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	result = do_write(file, buf, count);
	uk_file_put(file);
	return result;
}

/* The vector in kernel memory, to be freed; its lengths sum up to at most SSIZE_MAX. */
static int copy_vector(const struct iovec __user *iov, int count, struct iovec **copy)
{
	size_t sum = 0;

	*copy = NULL;
	if (count < 0 || count > IOV_MAX)
		return -EINVAL;
	*copy = uk_malloc(MAX((size_t)count, 1UL) * sizeof(**copy));
	if (!*copy)
		return -ENOMEM;
	if (count && copy_from_user(*copy, iov, (size_t)count * sizeof(**copy)))
		return -EFAULT;
	for (int i = 0; i < count; i++) {
		size_t length = (*copy)[i].iov_len;

		if (length > INT64_MAX - sum)
			return -EINVAL;
		sum += length;
	}
	return 0;
}

static ssize_t transfer(struct uk_file *file, const struct iovec *vector, int count, bool write)
{
	size_t done = 0;

	for (int i = 0; i < count; i++) {
		size_t length = MIN(vector[i].iov_len, RW_COUNT_MAX - done);
		ssize_t part = write ? do_write(file, vector[i].iov_base, length)
				     : do_read(file, vector[i].iov_base, length);

		if (part < 0)
			return done ? (ssize_t)done : part;
		done += (size_t)part;
		if ((size_t)part < vector[i].iov_len)
			break;
	}
	return (ssize_t)done;
}

static ssize_t do_vector(int fd, const struct iovec __user *iov, int count, bool write,
			 bool positioned, s64 offset)
{
	struct uk_file *file = uk_fd_get(fd);
	struct iovec *copy = NULL;
	ssize_t result;

	if (!file)
		return -EBADF;
	if (positioned && !file->operations->seekable)
		result = -ESPIPE;
	else if (positioned && offset < 0)
		result = -EINVAL;
	else
		result = copy_vector(iov, count, &copy);
	if (!result)
		result = transfer(file, copy, count, write);
	uk_free(copy);
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(ssize_t, readv, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, false, false, 0);
}

UK_SYSCALL_R_DEFINE(ssize_t, writev, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, true, false, 0);
}

/* The raw calls take the offset in two halves for 32-bit machines; here the first has it all. */
UK_LLSYSCALL_R_DEFINE(ssize_t, preadv, int, fd, const struct iovec *, iov, int, iovcnt, s64, offset,
		      long, high)
{
	return do_vector(fd, iov, iovcnt, false, true, offset);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pwritev, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high)
{
	return do_vector(fd, iov, iovcnt, true, true, offset);
}

static ssize_t do_positioned(int fd, void __user *buffer, size_t count, s64 offset, bool write)
{
	struct uk_file *file;
	ssize_t result;

	if (offset < 0)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	if (!file->operations->seekable)
		result = -ESPIPE;
	else
		result = write ? do_write(file, buffer, count) : do_read(file, buffer, count);
	uk_file_put(file);
	return result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pread64, int, fd, void *, buf, size_t, count, s64, offset)
{
	return do_positioned(fd, buf, count, offset, false);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pwrite64, int, fd, void *, buf, size_t, count, s64, offset)
{
	return do_positioned(fd, buf, count, offset, true);
}

UK_SYSCALL_R_DEFINE(off_t, lseek, int, fd, off_t, offset, int, whence)
{
	struct uk_file *file = uk_fd_get(fd);
	off_t result;

	if (!file)
		return -EBADF;
	if (!file->operations->seekable)
		result = -ESPIPE;
	else if (whence < SEEK_SET || whence > SEEK_HOLE)
		result = -EINVAL;
	else
		result = 0; /* as Linux's null_lseek() */
	uk_file_put(file);
	return result;
}
