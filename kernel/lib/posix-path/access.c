/* SPDX-License-Identifier: BSD-3-Clause */
/* access(2) and related calls. The program is root: only what is refused to root is checked. */
#include <uk/errno.h>
#include <uk/syscall.h>

#include "paths.h"

#define MAY_EXECUTE  1
#define MAY_WRITE    2
#define ACCESS_MODES 7
#define ACCESS_FLAGS (AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)

static int check(const struct uk_path *path, int mode)
{
	const struct uk_vnode *vnode = path->dentry->vnode;

	if (mode & MAY_EXECUTE && uk_vnode_is(vnode, S_IFREG) && path->mount->flags & MS_NOEXEC)
		return -EACCES;
	/* Root may execute what anybody may execute (path_resolution(7), capabilities(7)). */
	if (mode & MAY_EXECUTE && !uk_vnode_is(vnode, S_IFDIR) && !(vnode->mode & S_IXUGO))
		return -EACCES;
	if (mode & MAY_WRITE && (uk_vnode_is(vnode, S_IFREG) || uk_vnode_is(vnode, S_IFDIR)))
		return uk_mount_check_write(path->mount);
	return 0;
}

static int do_access(int dirfd, const char __user *pathname, int mode, int flags)
{
	struct uk_path path;
	int error;

	if (mode & ~ACCESS_MODES || flags & ~ACCESS_FLAGS)
		return -EINVAL;
	error = lookup_user(dirfd, pathname, lookup_flags(flags), &path);
	if (error)
		return error;
	error = check(&path, mode);
	uk_path_put(&path);
	return error;
}

UK_SYSCALL_R_DEFINE(int, access, const char *, pathname, int, mode)
{
	return do_access(AT_FDCWD, pathname, mode, 0);
}

UK_LLSYSCALL_R_DEFINE(int, faccessat, int, dirfd, const char *, pathname, int, mode)
{
	return do_access(dirfd, pathname, mode, 0);
}

UK_LLSYSCALL_R_DEFINE(int, faccessat2, int, dirfd, const char *, pathname, int, mode, int, flags)
{
	return do_access(dirfd, pathname, mode, flags);
}
