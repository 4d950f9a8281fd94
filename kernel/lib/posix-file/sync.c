/* SPDX-License-Identifier: BSD-3-Clause */
/* fsync(2), sync(2) and related calls. */
#include <uk/syscall.h>
#include <uk/vfs.h>

static int do_fsync(int fd, bool data_only)
{
	struct uk_file *file = uk_fd_get(fd);
	int error = 0;

	if (!file)
		return -EBADF;
	if (!uk_vnode_is(file->vnode, S_IFREG) && !uk_vnode_is(file->vnode, S_IFDIR))
		error = -EINVAL;
	else if (file->vnode->operations->sync)
		error = file->vnode->operations->sync(file->vnode, data_only);
	uk_file_put(file);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, fsync, int, fd)
{
	return do_fsync(fd, false);
}

UK_LLSYSCALL_R_DEFINE(int, fdatasync, int, fd)
{
	return do_fsync(fd, true);
}

UK_LLSYSCALL_R_DEFINE(int, sync)
{
	uk_vfs_sync();
	return 0;
}

UK_LLSYSCALL_R_DEFINE(int, syncfs, int, fd)
{
	struct uk_file *file = uk_fd_get(fd);
	struct uk_superblock *superblock;
	int error;

	if (!file)
		return -EBADF;
	superblock = file->vnode->superblock;
	error = superblock->operations->sync ? superblock->operations->sync(superblock) : 0;
	uk_file_put(file);
	return error;
}
