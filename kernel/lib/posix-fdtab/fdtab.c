/* SPDX-License-Identifier: BSD-3-Clause */
/* close(2), dup(2) and related calls. */
#include <uk/syscall.h>

#include "fdtab.h"

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

UK_SYSCALL_R_DEFINE(int, close, int, fd)
{
	return uk_fd_close(fd);
}

int fdtab_install(struct uk_file *file, int lowest, bool close_on_exec)
{
	int fd;

	if (!file)
		return -EBADF;
	fd = uk_fd_install(file, lowest, close_on_exec);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}

UK_SYSCALL_R_DEFINE(int, dup, int, oldfd)
{
	return fdtab_install(uk_fd_get_any(oldfd), 0, false);
}

static int replace(int oldfd, int newfd, bool close_on_exec)
{
	struct uk_file *file = uk_fd_get_any(oldfd);
	int fd;

	if (!file)
		return -EBADF;
	fd = uk_fd_replace(file, newfd, close_on_exec);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}

UK_SYSCALL_R_DEFINE(int, dup2, int, oldfd, int, newfd)
{
	if (oldfd == newfd)
		return uk_fd_flags(oldfd) < 0 ? -EBADF : newfd;
	return replace(oldfd, newfd, false);
}

UK_SYSCALL_R_DEFINE(int, dup3, int, oldfd, int, newfd, int, flags)
{
	if (oldfd == newfd || flags & ~O_CLOEXEC)
		return -EINVAL;
	return replace(oldfd, newfd, flags & O_CLOEXEC);
}

UK_SYSCALL_R_DEFINE(int, close_range, unsigned int, first, unsigned int, last, unsigned int, flags)
{
	if (first > last || flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return -EINVAL;
	for (unsigned int fd = first; fd <= last && fd < uk_fd_table_current()->size; fd++) {
		if (flags & CLOSE_RANGE_CLOEXEC)
			uk_fd_set_flags((int)fd, true);
		else
			uk_fd_close((int)fd);
	}
	return 0;
}
