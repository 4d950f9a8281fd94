/* SPDX-License-Identifier: BSD-3-Clause */
/* signalfd(2). */
#include <uk/signal.h>
#include <uk/signalfd.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#define SIGSET_SIZE 8 /* bytes: the only size that the raw calls accept */

static int change(int fd, u64 mask)
{
	struct uk_file *file = uk_fd_get(fd);
	int error;

	if (!file)
		return -EBADF;
	error = uk_signalfd_set_mask(file, mask);
	uk_file_put(file);
	return error ? error : fd;
}

/* SFD_CLOEXEC and SFD_NONBLOCK have the values of open(2)'s flags. */
static int do_signalfd(int fd, const u64 __user *user, size_t size, int flags)
{
	u64 mask;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, user, sizeof(mask)))
		return -EFAULT;
	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	mask &= ~(uk_signal_bit(SIGKILL) | uk_signal_bit(SIGSTOP));
	return fd == -1 ? uk_signalfd_create(mask, (u32)flags) : change(fd, mask);
}

UK_LLSYSCALL_R_DEFINE(int, signalfd, int, fd, const u64 *, mask, size_t, sizemask)
{
	return do_signalfd(fd, mask, sizemask, 0);
}

UK_LLSYSCALL_R_DEFINE(int, signalfd4, int, fd, const u64 *, mask, size_t, sizemask, int, flags)
{
	return do_signalfd(fd, mask, sizemask, flags);
}
