/* SPDX-License-Identifier: BSD-3-Clause */
/* ioctl(2): the requests common to all files; the others are the file's own. */
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

static int set_nonblocking(struct uk_file *file, const int __user *argument)
{
	int on;

	if (copy_from_user(&on, argument, sizeof(on)))
		return -EFAULT;
	file->flags = on ? file->flags | O_NONBLOCK : file->flags & ~(u32)O_NONBLOCK;
	return 0;
}

/* FIONREAD of a regular file: the bytes after the offset. */
static long bytes_left(const struct uk_file *file, int __user *argument)
{
	int left = (int)((s64)file->vnode->size - file->offset);

	return copy_to_user(argument, &left, sizeof(left));
}

UK_SYSCALL_PARTIAL(ioctl,
		   "only FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, and ioctl_tty(2) of terminals "
		   "without serial lines");
UK_LLSYSCALL_R_DEFINE(long, ioctl, int, fd, unsigned int, request, void *, argument)
{
	struct uk_file *file = uk_fd_get(fd);
	long result;

	if (!file)
		return -EBADF;
	switch (request) {
	case FIOCLEX:
	case FIONCLEX:
		result = uk_fd_set_flags(fd, request == FIOCLEX);
		break;
	case FIONBIO:
		result = set_nonblocking(file, argument);
		break;
	case FIONREAD:
		if (uk_vnode_is(file->vnode, S_IFREG)) {
			result = bytes_left(file, argument);
			break;
		}
		/* fallthrough */
	default:
		result = file->operations->ioctl ? file->operations->ioctl(file, request, argument)
						 : -ENOTTY;
	}
	uk_file_put(file);
	return result;
}
