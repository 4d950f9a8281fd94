/* SPDX-License-Identifier: BSD-3-Clause */
/* chmod(2), chown(2), utimensat(2) and related calls. */
#include <uk/errno.h>
#include <uk/linux/time.h>
#include <uk/permission.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

static int change_fd(int fd, struct uk_vnode_attributes *attributes,
		     int (*change)(const struct uk_path *, struct uk_vnode_attributes *))
{
	struct uk_file *file = uk_fd_get(fd);
	int error;

	if (!file)
		return -EBADF;
	if (file->path.mount) {
		error = change(&file->path, attributes);
	} else {
		/* A pipe, a socket, a memory file: their attributes exist only in memory. */
		if (attributes->valid & UK_ATTRIBUTE_MODE && file->vnode->seals & F_SEAL_EXEC &&
		    (attributes->mode ^ file->vnode->mode) & S_IXUGO)
			error = -EPERM;
		else
			error = uk_vnode_check_change(file->vnode, attributes)
					?: uk_vnode_set_attributes(file->vnode, attributes);
	}
	uk_file_put(file);
	return error;
}

static int change_path(int dirfd, const char __user *pathname, u32 flags,
		       struct uk_vnode_attributes *attributes,
		       int (*change)(const struct uk_path *, struct uk_vnode_attributes *))
{
	struct uk_path path;
	int error = lookup_user(dirfd, pathname, flags, &path);

	if (error)
		return error;
	error = change(&path, attributes);
	uk_path_put(&path);
	return error;
}

static int change_mode(const struct uk_path *path, struct uk_vnode_attributes *attributes)
{
	if (uk_vnode_is(path->dentry->vnode, S_IFLNK))
		return -EOPNOTSUPP;
	return uk_vfs_set_attributes(path, attributes);
}

static int chmod_at(int dirfd, const char __user *pathname, u32 mode, u32 flags)
{
	struct uk_vnode_attributes attributes = {.valid = UK_ATTRIBUTE_MODE, .mode = mode};

	return change_path(dirfd, pathname, flags, &attributes, change_mode);
}

UK_LLSYSCALL_R_DEFINE(int, chmod, const char *, pathname, mode_t, mode)
{
	return chmod_at(AT_FDCWD, pathname, mode, UK_LOOKUP_FOLLOW);
}

UK_LLSYSCALL_R_DEFINE(int, fchmod, int, fd, mode_t, mode)
{
	struct uk_vnode_attributes attributes = {.valid = UK_ATTRIBUTE_MODE, .mode = mode};

	return change_fd(fd, &attributes, change_mode);
}

UK_LLSYSCALL_R_DEFINE(int, fchmodat, int, dirfd, const char *, pathname, mode_t, mode)
{
	return chmod_at(dirfd, pathname, mode, UK_LOOKUP_FOLLOW);
}

UK_LLSYSCALL_R_DEFINE(int, fchmodat2, int, dirfd, const char *, pathname, mode_t, mode, int, flags)
{
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return chmod_at(dirfd, pathname, mode, lookup_flags(flags));
}

static struct uk_vnode_attributes owner_attributes(u32 uid, u32 gid)
{
	return (struct uk_vnode_attributes){
		.valid = (uid != UINT32_MAX ? UK_ATTRIBUTE_UID : 0) |
			 (gid != UINT32_MAX ? UK_ATTRIBUTE_GID : 0),
		.uid = uid,
		.gid = gid,
	};
}

/* An executable loses its set-ID bits, even if root changes the owner: chown(2). */
static int change_owner(const struct uk_path *path, struct uk_vnode_attributes *attributes)
{
	const struct uk_vnode *vnode = path->dentry->vnode;

	if (!uk_vnode_is(vnode, S_IFDIR) && attributes->valid) {
		attributes->valid |= UK_ATTRIBUTE_MODE;
		attributes->mode = vnode->mode & ~(u32)S_ISUID;
		if (vnode->mode & S_IXGRP)
			attributes->mode &= ~(u32)S_ISGID;
	}
	return uk_vfs_set_attributes(path, attributes);
}

static int chown_at(int dirfd, const char __user *pathname, u32 uid, u32 gid, u32 flags)
{
	struct uk_vnode_attributes attributes = owner_attributes(uid, gid);

	return change_path(dirfd, pathname, flags, &attributes, change_owner);
}

UK_LLSYSCALL_R_DEFINE(int, chown, const char *, pathname, uid_t, owner, gid_t, group)
{
	return chown_at(AT_FDCWD, pathname, owner, group, UK_LOOKUP_FOLLOW);
}

UK_LLSYSCALL_R_DEFINE(int, lchown, const char *, pathname, uid_t, owner, gid_t, group)
{
	return chown_at(AT_FDCWD, pathname, owner, group, 0);
}

UK_LLSYSCALL_R_DEFINE(int, fchown, int, fd, uid_t, owner, gid_t, group)
{
	struct uk_vnode_attributes attributes = owner_attributes(owner, group);

	return change_fd(fd, &attributes, change_owner);
}

UK_LLSYSCALL_R_DEFINE(int, fchownat, int, dirfd, const char *, pathname, uid_t, owner, gid_t, group,
		      int, flags)
{
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return chown_at(dirfd, pathname, owner, group, lookup_flags(flags));
}

/* Converts a time of the program to nanoseconds, clamped to their range: 1677 to 2262. */
static s64 to_ns(s64 seconds, s64 ns)
{
	s64 result;

	if (__builtin_mul_overflow(seconds, NS_PER_SECOND, &result) ||
	    __builtin_add_overflow(result, ns, &result))
		return seconds < 0 ? INT64_MIN : INT64_MAX;
	return result;
}

static struct uk_vnode_attributes now_attributes(void)
{
	s64 now = uk_vnode_now();

	return (struct uk_vnode_attributes){
		.valid = UK_ATTRIBUTE_ATIME | UK_ATTRIBUTE_MTIME | UK_ATTRIBUTE_NOW,
		.atime = now,
		.mtime = now,
	};
}

static int change_times(int dirfd, const char __user *pathname, u32 flags,
			struct uk_vnode_attributes *attributes)
{
	if (!pathname && dirfd != AT_FDCWD)
		return flags & UK_LOOKUP_FOLLOW
			       ? change_fd(dirfd, attributes, uk_vfs_set_attributes)
			       : -EINVAL;
	return change_path(dirfd, pathname, flags, attributes, uk_vfs_set_attributes);
}

UK_LLSYSCALL_R_DEFINE(int, utimensat, int, dirfd, const char *, pathname, const struct timespec *,
		      times, int, flags)
{
	struct uk_vnode_attributes attributes = now_attributes();
	struct timespec copy[2];

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!times)
		return change_times(dirfd, pathname, lookup_flags(flags), &attributes);
	if (copy_from_user(copy, times, sizeof(copy)))
		return -EFAULT;
	if (copy[0].tv_nsec == UTIME_OMIT && copy[1].tv_nsec == UTIME_OMIT)
		return 0;
	for (int i = 0; i < 2; i++) {
		s64 *time = i == 0 ? &attributes.atime : &attributes.mtime;
		s64 ns = copy[i].tv_nsec;

		if (ns == UTIME_OMIT)
			attributes.valid &= i == 0 ? ~UK_ATTRIBUTE_ATIME : ~UK_ATTRIBUTE_MTIME;
		else if (ns != UTIME_NOW && (ns < 0 || ns >= NS_PER_SECOND))
			return -EINVAL;
		if (ns != UTIME_NOW) {
			attributes.valid &= ~UK_ATTRIBUTE_NOW;
			*time = to_ns(copy[i].tv_sec, ns);
		}
	}
	return change_times(dirfd, pathname, lookup_flags(flags), &attributes);
}

static int do_futimesat(int dirfd, const char __user *pathname, const struct timeval __user *times)
{
	struct uk_vnode_attributes attributes = now_attributes();
	struct timeval copy[2];

	if (times) {
		if (copy_from_user(copy, times, sizeof(copy)))
			return -EFAULT;
		for (int i = 0; i < 2; i++) {
			if (copy[i].tv_usec < 0 || copy[i].tv_usec >= US_PER_SECOND)
				return -EINVAL;
		}
		attributes.valid &= ~UK_ATTRIBUTE_NOW;
		attributes.atime = to_ns(copy[0].tv_sec, copy[0].tv_usec * NS_PER_US);
		attributes.mtime = to_ns(copy[1].tv_sec, copy[1].tv_usec * NS_PER_US);
	}
	return change_times(dirfd, pathname, UK_LOOKUP_FOLLOW, &attributes);
}

UK_LLSYSCALL_R_DEFINE(int, futimesat, int, dirfd, const char *, pathname, const struct timeval *,
		      times)
{
	return do_futimesat(dirfd, pathname, times);
}

UK_LLSYSCALL_R_DEFINE(int, utimes, const char *, pathname, const struct timeval *, times)
{
	return do_futimesat(AT_FDCWD, pathname, times);
}

UK_LLSYSCALL_R_DEFINE(int, utime, const char *, pathname, const s64 *, times)
{
	struct uk_vnode_attributes attributes = now_attributes();
	s64 copy[2]; /* struct utimbuf: access, modification, seconds */

	if (times) {
		if (copy_from_user(copy, times, sizeof(copy)))
			return -EFAULT;
		attributes.valid &= ~UK_ATTRIBUTE_NOW;
		attributes.atime = to_ns(copy[0], 0);
		attributes.mtime = to_ns(copy[1], 0);
	}
	return change_times(AT_FDCWD, pathname, UK_LOOKUP_FOLLOW, &attributes);
}
