/* SPDX-License-Identifier: BSD-3-Clause */
/* read(2), write(2), pread(2), pwrite(2), lseek(2). */
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

UK_SYSCALL_R_DEFINE(ssize_t, read, int, fd, void *, buf, size_t, count)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	if (!(file->mode & UK_FILE_READ))
		result = -EBADF;
	else if (!uk_access_ok(buf, count))
		result = -EFAULT;
	else
		result = uk_file_read(file, buf, count);
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(ssize_t, write, int, fd, const void *, buf, size_t, count)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	if (!(file->mode & UK_FILE_WRITE))
		result = -EBADF;
	else if (!uk_access_ok(buf, count))
		result = -EFAULT;
	else
		result = uk_file_write(file, buf, count);
	uk_file_put(file);
	return result;
}

/* The errors of pread(2) and pwrite(2), in Linux's order. */
static int check_positioned(const struct uk_file *file, u32 mode, const void __user *buffer,
			    size_t count)
{
	if (!(file->mode & UK_FILE_SEEK))
		return -ESPIPE;
	if (!(file->mode & mode))
		return -EBADF;
	return uk_access_ok(buffer, count) ? 0 : -EFAULT;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pread64, int, fd, void *, buf, size_t, count, s64, offset)
{
	struct uk_file *file;
	ssize_t result;

	if (offset < 0)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	result = check_positioned(file, UK_FILE_READ, buf, count);
	if (!result)
		result = uk_file_read_at(file, buf, count, offset);
	uk_file_put(file);
	return result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pwrite64, int, fd, const void *, buf, size_t, count, s64, offset)
{
	struct uk_file *file;
	ssize_t result;

	if (offset < 0)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	result = check_positioned(file, UK_FILE_WRITE, buf, count);
	/* An append goes to the end regardless of the offset: pwrite(2), BUGS. */
	if (!result)
		result = uk_file_write_at(file, buf, count,
					  file->flags & O_APPEND ? uk_file_write_offset(file)
								 : offset);
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(off_t, lseek, int, fd, off_t, offset, int, whence)
{
	struct uk_file *file = uk_fd_get(fd);
	off_t result;

	if (!file)
		return -EBADF;
	result = uk_file_seek(file, offset, whence);
	uk_file_put(file);
	return result;
}
