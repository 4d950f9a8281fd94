/* SPDX-License-Identifier: BSD-3-Clause */
/* close(2), dup(2), fcntl(2) and their relatives. */
#include <uk/syscall.h>
#include <uk/old_vfs.h>

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u
#define FLAGS_SETTABLE	    (O_APPEND | O_NONBLOCK)

UK_SYSCALL_R_DEFINE(int, close, int, fd)
{
	return uk_fd_close(fd);
}

static int install(struct uk_file *file, int lowest, bool close_on_exec)
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
	return install(uk_fd_get(oldfd), 0, false);
}

static int replace(int oldfd, int newfd, bool close_on_exec)
{
	struct uk_file *file = uk_fd_get(oldfd);
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

UK_SYSCALL_PARTIAL(fcntl, "only F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL and F_SETFL; "
			  "no locks, owners, pipe sizes, seals");
UK_LLSYSCALL_R_DEFINE(long, fcntl, int, fd, unsigned int, operation, unsigned long, argument)
{
	struct uk_file *file;
	long result = 0;

	switch (operation) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return install(uk_fd_get(fd), (int)argument, operation == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return uk_fd_flags(fd);
	case F_SETFD:
		return uk_fd_set_flags(fd, argument & FD_CLOEXEC);
	}
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	switch (operation) {
	case F_GETFL:
		result = file->flags;
		break;
	case F_SETFL:
		file->flags = (file->flags & ~(u32)FLAGS_SETTABLE) | (argument & FLAGS_SETTABLE);
		break;
	default:
		result = -EINVAL;
	}
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(int, close_range, unsigned int, first, unsigned int, last, unsigned int, flags)
{
	if (first > last || flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC))
		return -EINVAL;
	for (unsigned int fd = first; fd <= last && fd < UK_FD_MAX; fd++) {
		if (flags & CLOSE_RANGE_CLOEXEC)
			uk_fd_set_flags((int)fd, true);
		else
			uk_fd_close((int)fd);
	}
	return 0;
}
