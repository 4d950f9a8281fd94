/* SPDX-License-Identifier: BSD-3-Clause */
/* splice(2), tee(2), vmsplice(2). */
#include <uk/fd_table.h>
#include <uk/pipe.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

/* Reads the offset that the program passed, if any. */
static int get_offset(const struct uk_file *file, const s64 __user *user, s64 *offset)
{
	if (!user)
		return 0;
	if (uk_vnode_is(file->vnode, S_IFIFO))
		return -ESPIPE;
	if (copy_from_user(offset, user, sizeof(*offset)))
		return -EFAULT;
	return *offset < 0 ? -EINVAL : 0;
}

static int put_offset(s64 __user *user, s64 offset)
{
	return user ? copy_to_user(user, &offset, sizeof(offset)) : 0;
}

static ssize_t do_splice(struct uk_file *in, s64 __user *off_in, struct uk_file *out,
			 s64 __user *off_out, size_t length, u32 flags)
{
	s64 from, to;
	int error = get_offset(in, off_in, &from);
	ssize_t moved;

	if (!error)
		error = get_offset(out, off_out, &to);
	if (error)
		return error;
	moved = uk_splice(in, off_in ? &from : NULL, out, off_out ? &to : NULL, length, flags);
	if (moved >= 0 && (put_offset(off_in, from) || put_offset(off_out, to)))
		return -EFAULT;
	return moved;
}

static ssize_t with_both(int fd_in, s64 __user *off_in, int fd_out, s64 __user *off_out,
			 size_t length, u32 flags, bool tee)
{
	struct uk_file *in, *out;
	ssize_t result = -EBADF;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	if (!length)
		return 0;
	in = uk_fd_get(fd_in);
	out = uk_fd_get(fd_out);
	if (in && out)
		result = tee ? uk_tee(in, out, length, flags)
			     : do_splice(in, off_in, out, off_out, length, flags);
	if (in)
		uk_file_put(in);
	if (out)
		uk_file_put(out);
	return result;
}

UK_LLSYSCALL_R_DEFINE(ssize_t, splice, int, fd_in, s64 *, off_in, int, fd_out, s64 *, off_out,
		      size_t, len, unsigned int, flags)
{
	return with_both(fd_in, off_in, fd_out, off_out, len, flags, false);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, tee, int, fd_in, int, fd_out, size_t, len, unsigned int, flags)
{
	return with_both(fd_in, NULL, fd_out, NULL, len, flags, true);
}

static ssize_t do_vmsplice(struct uk_file *file, const struct iovec __user *user, size_t count,
			   u32 flags)
{
	struct uk_io_vector vector;
	ssize_t result;

	if (!(file->mode & (UK_FILE_READ | UK_FILE_WRITE)))
		return -EBADF;
	result = uk_io_vector_get(&vector, user, count, false);
	if (result)
		return result;
	if (vector.length)
		result = uk_vmsplice(file, vector.elements, count, flags);
	uk_io_vector_put(&vector);
	return result;
}

UK_SYSCALL_PARTIAL(vmsplice, "pages are copied, so later changes to them are not seen");
UK_LLSYSCALL_R_DEFINE(ssize_t, vmsplice, int, fd, const struct iovec *, iov, unsigned long, nr_segs,
		      unsigned int, flags)
{
	struct uk_file *file;
	ssize_t result;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	result = do_vmsplice(file, iov, nr_segs, flags);
	uk_file_put(file);
	return result;
}
