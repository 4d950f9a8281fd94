/* SPDX-License-Identifier: BSD-3-Clause */
/* truncate(2), ftruncate(2), fallocate(2). */
#include <uk/errno.h>
#include <uk/permission.h>
#include <uk/syscall.h>

#include "paths.h"

UK_LLSYSCALL_R_DEFINE(int, truncate, const char *, pathname, off_t, length)
{
	struct uk_path path;
	int error;

	if (length < 0)
		return -EINVAL;
	error = lookup_user(AT_FDCWD, pathname, UK_LOOKUP_FOLLOW, &path);
	if (error)
		return error;
	error = uk_mount_check_write(path.mount);
	/* Linux, vfs_truncate(): a directory is reported first. */
	if (!error && !uk_vnode_is(path.dentry->vnode, S_IFDIR))
		error = uk_vnode_permission(path.dentry->vnode, UK_MAY_WRITE);
	if (!error)
		error = uk_vfs_truncate(path.dentry, path.dentry->vnode, length);
	uk_path_put(&path);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, ftruncate, int, fd, off_t, length)
{
	struct uk_file *file;
	int error = -EINVAL;

	if (length < 0)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	if (file->mode & UK_FILE_WRITE && uk_vnode_is(file->vnode, S_IFREG))
		error = uk_vfs_truncate(file->path.dentry, file->vnode, length);
	uk_file_put(file);
	return error;
}

static int allocate(struct uk_file *file, u32 mode, s64 offset, s64 length)
{
	struct uk_vnode *vnode = file->vnode;
	s64 end;
	int error;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE |
		     FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE))
		return -EOPNOTSUPP;
	if (mode & FALLOC_FL_PUNCH_HOLE && !(mode & FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (!(file->mode & UK_FILE_WRITE))
		return -EBADF;
	if (uk_vnode_is(vnode, S_IFIFO))
		return -ESPIPE;
	if (uk_vnode_is(vnode, S_IFDIR))
		return -EISDIR;
	if (!uk_vnode_is(vnode, S_IFREG))
		return -ENODEV;
	if (__builtin_add_overflow(offset, length, &end))
		return -EFBIG;
	if (!vnode->operations->allocate)
		return -EOPNOTSUPP;
	error = uk_file_drop_set_id(file);
	if (!error)
		error = vnode->operations->allocate(vnode, mode, offset, length);
	if (!error)
		uk_notify(file->path.dentry, vnode, UK_NOTIFY_MODIFY);
	return error;
}

UK_SYSCALL_PARTIAL(fallocate, "ramfs: plain allocation and FALLOC_FL_PUNCH_HOLE, like tmpfs");
UK_LLSYSCALL_R_DEFINE(int, fallocate, int, fd, int, mode, off_t, offset, off_t, size)
{
	struct uk_file *file = uk_fd_get(fd);
	int error;

	if (!file)
		return -EBADF;
	error = offset < 0 || size <= 0 ? -EINVAL : allocate(file, (u32)mode, offset, size);
	uk_file_put(file);
	return error;
}
