/* SPDX-License-Identifier: BSD-3-Clause */
/* From file to file: sendfile(2), copy_file_range(2). */
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

static int get_offset(const struct uk_file *file, const s64 __user *user, s64 *offset)
{
	*offset = file->offset;
	if (!user)
		return 0;
	if (copy_from_user(offset, user, sizeof(*offset)))
		return -EFAULT;
	return file->mode & UK_FILE_SEEK ? 0 : -ESPIPE;
}

/* Stores the offset after a transfer. */
static int put_offset(struct uk_file *file, s64 __user *user, s64 offset)
{
	if (user)
		return copy_to_user(user, &offset, sizeof(offset));
	if (file->mode & UK_FILE_SEEK)
		file->offset = offset;
	return 0;
}

static ssize_t do_sendfile(struct uk_file *out, struct uk_file *in, s64 __user *user, size_t count)
{
	ssize_t result;
	s64 from;
	int error = get_offset(in, user, &from);

	if (error)
		return error;
	if (!(in->mode & UK_FILE_READ) || !(out->mode & UK_FILE_WRITE))
		return -EBADF;
	/* A pipe cannot take bytes back if the other side accepts fewer. */
	if (from < 0 || out->flags & O_APPEND || !(in->mode & UK_FILE_SEEK) ||
	    uk_vnode_is(in->vnode, S_IFDIR))
		return -EINVAL;
	if (!count)
		return 0;
	count = MIN(count, UK_FILE_LENGTH_MAX);
	result = uk_file_copy(in, &from, out, NULL, count);
	error = put_offset(in, user, from);
	return error ? error : result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, sendfile, int, out_fd, int, in_fd, s64 *, offset, size_t, count)
{
	struct uk_file *in = uk_fd_get(in_fd), *out = uk_fd_get(out_fd);
	ssize_t result = in && out ? do_sendfile(out, in, offset, count) : -EBADF;

	if (in)
		uk_file_put(in);
	if (out)
		uk_file_put(out);
	return result;
}

static int check_range(const struct uk_file *in, s64 from, const struct uk_file *out, s64 to,
		       size_t *length)
{
	if (uk_vnode_is(in->vnode, S_IFDIR) || uk_vnode_is(out->vnode, S_IFDIR))
		return -EISDIR;
	if (!uk_vnode_is(in->vnode, S_IFREG) || !uk_vnode_is(out->vnode, S_IFREG))
		return -EINVAL;
	if (!(in->mode & UK_FILE_READ) || !(out->mode & UK_FILE_WRITE) || out->flags & O_APPEND)
		return -EBADF;
	if (from < 0 || to < 0)
		return -EINVAL;
	if (*length > INT64_MAX || from > INT64_MAX - (s64)*length || to > INT64_MAX - (s64)*length)
		return -EOVERFLOW;
	*length = MIN(*length, (size_t)MAX((s64)in->vnode->size - from, (s64)0));
	if (in->vnode == out->vnode && from < to + (s64)*length && to < from + (s64)*length)
		return -EINVAL;
	return 0;
}

static ssize_t do_copy(struct uk_file *in, s64 __user *in_user, struct uk_file *out,
		       s64 __user *out_user, size_t length)
{
	ssize_t result;
	s64 from, to;
	int error = get_offset(in, in_user, &from);

	if (!error)
		error = get_offset(out, out_user, &to);
	if (!error)
		error = check_range(in, from, out, to, &length);
	if (error || !length)
		return error;
	result = uk_file_copy(in, &from, out, &to, MIN(length, UK_FILE_LENGTH_MAX));
	error = put_offset(in, in_user, from);
	if (!error)
		error = put_offset(out, out_user, to);
	return error ? error : result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, copy_file_range, int, fd_in, s64 *, off_in, int, fd_out, s64 *,
		      off_out, size_t, len, unsigned int, flags)
{
	struct uk_file *in = uk_fd_get(fd_in), *out = uk_fd_get(fd_out);
	ssize_t result = -EBADF;

	if (in && out)
		result = flags ? -EINVAL : do_copy(in, off_in, out, off_out, len);
	if (in)
		uk_file_put(in);
	if (out)
		uk_file_put(out);
	return result;
}
