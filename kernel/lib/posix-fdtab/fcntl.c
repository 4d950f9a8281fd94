/* SPDX-License-Identifier: BSD-3-Clause */
/* fcntl(2). */
#include <uk/syscall.h>

#include "fdtab.h"

#define FLAGS_SETTABLE (O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME)
#define SEALS_KNOWN                                                                                \
	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE |          \
	 F_SEAL_EXEC)

static long add_seals(struct uk_file *file, u32 seals)
{
	struct uk_vnode *vnode = file->vnode;

	if (!(vnode->flags & UK_VNODE_SEALABLE) || seals & ~SEALS_KNOWN)
		return -EINVAL;
	if (!(file->mode & UK_FILE_WRITE) || vnode->seals & F_SEAL_SEAL)
		return -EPERM;
	/* The file is writable through a mapping. */
	if (seals & F_SEAL_WRITE && !(vnode->seals & F_SEAL_WRITE) && vnode->mapped_for_write)
		return -EBUSY;
	/* A sealed executable cannot be changed either: memfd_create(2), F_SEAL_EXEC. */
	if (seals & F_SEAL_EXEC && vnode->mode & S_IXUGO)
		seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
	vnode->seals |= seals;
	return 0;
}

/* Operations that work on O_PATH files as well (open(2)). */
static bool is_for_paths(unsigned int operation)
{
	switch (operation) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_GETFD:
	case F_SETFD:
	case F_GETFL:
		return true;
	default:
		return false;
	}
}

static long do_fcntl(int fd, struct uk_file *file, unsigned int operation, unsigned long argument)
{
	switch (operation) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return fdtab_install(uk_file_get(file), (int)argument,
				     operation == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return uk_fd_flags(fd);
	case F_SETFD:
		return uk_fd_set_flags(fd, argument & FD_CLOEXEC);
	case F_GETFL:
		return file->flags;
	case F_SETFL:
		file->flags = (file->flags & ~(u32)FLAGS_SETTABLE) | (argument & FLAGS_SETTABLE);
		return 0;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fdtab_record_lock(file, operation, (struct flock __user *)argument);
	case F_ADD_SEALS:
		return add_seals(file, (u32)argument);
	case F_GET_SEALS:
		return file->vnode->flags & UK_VNODE_SEALABLE ? (long)file->vnode->seals : -EINVAL;
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return file->operations->control
			       ? file->operations->control(file, operation, argument)
			       : -EBADF;
	default:
		return -EINVAL;
	}
}

UK_SYSCALL_PARTIAL(fcntl, "without owners, signals, leases and notifications");
UK_LLSYSCALL_R_DEFINE(long, fcntl, int, fd, unsigned int, operation, unsigned long, argument)
{
	struct uk_file *file = is_for_paths(operation) ? uk_fd_get_any(fd) : uk_fd_get(fd);
	long result;

	if (!file)
		return -EBADF;
	result = do_fcntl(fd, file, operation, argument);
	uk_file_put(file);
	return result;
}
