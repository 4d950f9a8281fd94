/* SPDX-License-Identifier: BSD-3-Clause */
/* stat(2), statx(2) and related calls. */
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

#define STAT_FLAGS  (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH)
#define STATX_FLAGS (STAT_FLAGS | AT_STATX_SYNC_TYPE)

static int status_of_fd(int fd, struct stat *status)
{
	struct uk_file *file = uk_fd_get_any(fd);
	int error;

	if (!file)
		return -EBADF;
	error = uk_vnode_status(file->vnode, status);
	uk_file_put(file);
	return error;
}

/* "" with AT_EMPTY_PATH is the descriptor itself, which need not have a path. */
static bool is_descriptor(int dirfd, const char __user *pathname, int flags)
{
	char first;

	return flags & AT_EMPTY_PATH && dirfd != AT_FDCWD &&
	       (!pathname || (copy_from_user(&first, pathname, 1) == 0 && !first));
}

static int status_of(int dirfd, const char __user *pathname, int flags, struct stat *status)
{
	struct uk_path path;
	int error;

	if (is_descriptor(dirfd, pathname, flags))
		return status_of_fd(dirfd, status);
	error = lookup_user(dirfd, pathname, lookup_flags(flags), &path);
	if (error)
		return error;
	error = uk_vnode_status(path.dentry->vnode, status);
	uk_path_put(&path);
	return error;
}

static int put_status(int error, const struct stat *status, void __user *buffer)
{
	return error ? error : copy_to_user(buffer, status, sizeof(*status));
}

UK_LLSYSCALL_R_DEFINE(int, fstat, int, fd, void *, statbuf)
{
	struct stat status;

	return put_status(status_of_fd(fd, &status), &status, statbuf);
}

UK_LLSYSCALL_R_DEFINE(int, stat, const char *, pathname, void *, statbuf)
{
	struct stat status;

	return put_status(status_of(AT_FDCWD, pathname, 0, &status), &status, statbuf);
}

UK_LLSYSCALL_R_DEFINE(int, lstat, const char *, pathname, void *, statbuf)
{
	struct stat status;

	return put_status(status_of(AT_FDCWD, pathname, AT_SYMLINK_NOFOLLOW, &status), &status,
			  statbuf);
}

UK_LLSYSCALL_R_DEFINE(int, newfstatat, int, dirfd, const char *, pathname, void *, statbuf, int,
		      flags)
{
	struct stat status;

	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	return put_status(status_of(dirfd, pathname, flags, &status), &status, statbuf);
}

static struct statx_timestamp timestamp(u64 seconds, u64 ns)
{
	return (struct statx_timestamp){.tv_sec = (s64)seconds, .tv_nsec = (u32)ns};
}

static u32 major_of(u64 device)
{
	return device >> 8 & 0xfff;
}

static u32 minor_of(u64 device)
{
	return (u32)(device & 0xff) | (u32)(device >> 12 & 0xfff00);
}

/* mount: NULL for a file without a path. */
static int fill_statx(struct uk_vnode *vnode, const struct uk_path *path, struct statx *statx)
{
	struct stat status;
	int error = uk_vnode_status(vnode, &status);

	if (error)
		return error;
	*statx = (struct statx){
		.stx_mask = STATX_BASIC_STATS | STATX_BTIME,
		.stx_blksize = (u32)status.st_blksize,
		.stx_nlink = (u32)status.st_nlink,
		.stx_uid = status.st_uid,
		.stx_gid = status.st_gid,
		.stx_mode = (u16)status.st_mode,
		.stx_ino = status.st_ino,
		.stx_size = (u64)status.st_size,
		.stx_blocks = (u64)status.st_blocks,
		.stx_attributes_mask = STATX_ATTR_MOUNT_ROOT,
		.stx_atime = timestamp(status.st_atime_sec, status.st_atime_nsec),
		.stx_btime = timestamp((u64)(vnode->btime / 1000000000),
				       (u64)(vnode->btime % 1000000000)),
		.stx_ctime = timestamp(status.st_ctime_sec, status.st_ctime_nsec),
		.stx_mtime = timestamp(status.st_mtime_sec, status.st_mtime_nsec),
		.stx_rdev_major = major_of(status.st_rdev),
		.stx_rdev_minor = minor_of(status.st_rdev),
		.stx_dev_major = major_of(status.st_dev),
		.stx_dev_minor = minor_of(status.st_dev),
	};
	if (path->mount) {
		statx->stx_mask |= STATX_MNT_ID;
		statx->stx_mnt_id = path->mount->id;
		if (path->dentry == path->mount->root)
			statx->stx_attributes |= STATX_ATTR_MOUNT_ROOT;
	}
	return 0;
}

static int statx_of_fd(int fd, struct statx *statx)
{
	struct uk_file *file = uk_fd_get_any(fd);
	int error;

	if (!file)
		return -EBADF;
	error = fill_statx(file->vnode, &file->path, statx);
	uk_file_put(file);
	return error;
}

UK_SYSCALL_PARTIAL(statx, "fills in all known fields, whatever mask requests");
UK_LLSYSCALL_R_DEFINE(int, statx, int, dirfd, const char *, pathname, int, flags, unsigned int,
		      mask, struct statx *, statxbuf)
{
	struct uk_path path;
	struct statx statx;
	int error;

	if (mask & STATX_RESERVED || flags & ~STATX_FLAGS ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	if (is_descriptor(dirfd, pathname, flags)) {
		error = statx_of_fd(dirfd, &statx);
	} else {
		error = lookup_user(dirfd, pathname, lookup_flags(flags), &path);
		if (error)
			return error;
		error = fill_statx(path.dentry->vnode, &path, &statx);
		uk_path_put(&path);
	}
	return error ? error : copy_to_user(statxbuf, &statx, sizeof(statx));
}
