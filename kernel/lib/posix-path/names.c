/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of files: link(2), symlink(2), readlink(2), unlink(2), rmdir(2), rename(2),
 * mknod(2). */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

/* Copies a path of the program to allocated memory, for calls with two paths: uk_free() it. */
static int new_path(const char __user *user, char **path)
{
	int error;

	*path = uk_malloc(PATH_MAX);
	if (!*path)
		return -ENOMEM;
	error = copy_path(*path, user);
	if (error)
		uk_free(*path);
	return error;
}

static int do_link(int old_dirfd, const char __user *old_path, int new_dirfd,
		   const char __user *new_path, int flags)
{
	u32 lookup = (flags & AT_SYMLINK_FOLLOW ? UK_LOOKUP_FOLLOW : 0) |
		     (flags & AT_EMPTY_PATH ? UK_LOOKUP_EMPTY : 0);
	char path[PATH_MAX];
	struct uk_path from;
	struct start start;
	int error;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	error = lookup_user(old_dirfd, old_path, lookup, &from);
	if (error)
		return error;
	error = take_path(&start, new_dirfd, path, new_path);
	if (!error) {
		error = uk_vfs_link(&from, &start.path, path);
		start_end(&start);
	}
	uk_path_put(&from);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, link, const char *, oldpath, const char *, newpath)
{
	return do_link(AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

UK_LLSYSCALL_R_DEFINE(int, linkat, int, olddirfd, const char *, oldpath, int, newdirfd,
		      const char *, newpath, int, flags)
{
	return do_link(olddirfd, oldpath, newdirfd, newpath, flags);
}

static int do_symlink(const char __user *target, int dirfd, const char __user *pathname)
{
	char path[PATH_MAX], *text;
	struct start start;
	int error = new_path(target, &text);

	if (error)
		return error;
	error = *text ? take_path(&start, dirfd, path, pathname) : -ENOENT;
	if (!error) {
		error = uk_vfs_symlink(text, &start.path, path);
		start_end(&start);
	}
	uk_free(text);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, symlink, const char *, target, const char *, linkpath)
{
	return do_symlink(target, AT_FDCWD, linkpath);
}

UK_LLSYSCALL_R_DEFINE(int, symlinkat, const char *, target, int, newdirfd, const char *, linkpath)
{
	return do_symlink(target, newdirfd, linkpath);
}

static ssize_t do_readlink(int dirfd, const char __user *pathname, char __user *buffer, int size)
{
	char text[PATH_MAX];
	struct uk_path path;
	ssize_t length;
	bool is_link;
	int error;

	if (size <= 0)
		return -EINVAL;
	/* "" denotes the descriptor of a link, opened with O_PATH and O_NOFOLLOW. */
	error = lookup_user(dirfd, pathname, UK_LOOKUP_EMPTY, &path);
	if (error)
		return error;
	is_link = uk_vnode_is(path.dentry->vnode, S_IFLNK);
	length = uk_vfs_readlink(&path, text, MIN((size_t)size, sizeof(text)));
	uk_path_put(&path);
	/* "" for any other file is invalid. */
	if (!is_link) {
		char first;

		return copy_from_user(&first, pathname, 1) == 0 && !first ? -ENOENT : -EINVAL;
	}
	if (length > 0 && copy_to_user(buffer, text, (size_t)length))
		return -EFAULT;
	return length;
}

UK_SYSCALL_R_DEFINE(ssize_t, readlink, const char *, pathname, char *, buf, int, bufsiz)
{
	return do_readlink(AT_FDCWD, pathname, buf, bufsiz);
}

UK_SYSCALL_R_DEFINE(ssize_t, readlinkat, int, dirfd, const char *, pathname, char *, buf, int,
		    bufsiz)
{
	return do_readlink(dirfd, pathname, buf, bufsiz);
}

static int do_unlink(int dirfd, const char __user *pathname, bool directory)
{
	char path[PATH_MAX];
	struct start start;
	int error = take_path(&start, dirfd, path, pathname);

	if (error)
		return error;
	error = directory ? uk_vfs_rmdir(&start.path, path) : uk_vfs_unlink(&start.path, path);
	start_end(&start);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, unlink, const char *, pathname)
{
	return do_unlink(AT_FDCWD, pathname, false);
}

UK_LLSYSCALL_R_DEFINE(int, rmdir, const char *, pathname)
{
	return do_unlink(AT_FDCWD, pathname, true);
}

UK_LLSYSCALL_R_DEFINE(int, unlinkat, int, dirfd, const char *, pathname, int, flags)
{
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	return do_unlink(dirfd, pathname, flags & AT_REMOVEDIR);
}

static int do_rename(int old_dirfd, const char __user *old_user, int new_dirfd,
		     const char __user *new_user, u32 flags)
{
	struct start old_start, new_start;
	char old[PATH_MAX], *new;
	int error = copy_path(old, old_user);

	if (!error)
		error = new_path(new_user, &new);
	if (error)
		return error;
	error = start_at(&old_start, old_dirfd, old);
	if (!error) {
		error = start_at(&new_start, new_dirfd, new);
		if (!error) {
			error = uk_vfs_rename(&old_start.path, old, &new_start.path, new, flags);
			start_end(&new_start);
		}
		start_end(&old_start);
	}
	uk_free(new);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, rename, const char *, oldpath, const char *, newpath)
{
	return do_rename(AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

UK_LLSYSCALL_R_DEFINE(int, renameat, int, olddirfd, const char *, oldpath, int, newdirfd,
		      const char *, newpath)
{
	return do_rename(olddirfd, oldpath, newdirfd, newpath, 0);
}

UK_SYSCALL_PARTIAL(renameat2, "no RENAME_WHITEOUT");
UK_LLSYSCALL_R_DEFINE(int, renameat2, int, olddirfd, const char *, oldpath, int, newdirfd,
		      const char *, newpath, unsigned int, flags)
{
	return do_rename(olddirfd, oldpath, newdirfd, newpath, flags);
}

static int do_mknod(int dirfd, const char __user *pathname, u32 mode, u64 device)
{
	char path[PATH_MAX];
	struct start start;
	int error;

	switch (mode & S_IFMT) {
	case 0:
		mode |= S_IFREG;
		break;
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
	error = take_path(&start, dirfd, path, pathname);
	if (error)
		return error;
	if ((mode & S_IFMT) != S_IFCHR && (mode & S_IFMT) != S_IFBLK)
		device = 0;
	error = uk_vfs_mknod(&start.path, path, mode & (S_IFMT | S_IALLUGO), device);
	start_end(&start);
	return error;
}

UK_SYSCALL_PARTIAL(mknod, "only the devices in /dev can be opened");
UK_LLSYSCALL_R_DEFINE(int, mknod, const char *, pathname, mode_t, mode, u64, dev)
{
	return do_mknod(AT_FDCWD, pathname, mode, (u32)dev);
}

UK_SYSCALL_PARTIAL(mknodat, "as mknod");
UK_LLSYSCALL_R_DEFINE(int, mknodat, int, dirfd, const char *, pathname, mode_t, mode, u64, dev)
{
	return do_mknod(dirfd, pathname, mode, (u32)dev);
}
