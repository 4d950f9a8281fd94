/* SPDX-License-Identifier: BSD-3-Clause */
/* access(2) and related calls. */
#include <uk/errno.h>
#include <uk/permission.h>
#include <uk/syscall.h>

#include "paths.h"

#define ACCESS_MODES (int)(UK_MAY_READ | UK_MAY_WRITE | UK_MAY_EXECUTE)
#define ACCESS_FLAGS (AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)

static int check(const struct uk_path *path, u32 may)
{
	const struct uk_vnode *vnode = path->dentry->vnode;
	int error;

	if (may & UK_MAY_EXECUTE && uk_vnode_is(vnode, S_IFREG) && path->mount->flags & MS_NOEXEC)
		return -EACCES;
	error = uk_vnode_permission(vnode, may);
	if (!error && may & UK_MAY_WRITE &&
	    (uk_vnode_is(vnode, S_IFREG) || uk_vnode_is(vnode, S_IFDIR)))
		return uk_mount_check_write(path->mount);
	return error;
}

static int access_path(int dirfd, const char __user *pathname, int mode, int flags)
{
	struct uk_path path;
	int error = lookup_user(dirfd, pathname, lookup_flags(flags), &path);

	if (error)
		return error;
	error = check(&path, (u32)mode);
	uk_path_put(&path);
	return error;
}

/* For the check, the thread is its real user (Linux, access_override_creds()). */
static int access_as_real_user(int dirfd, const char __user *pathname, int mode, int flags)
{
	struct uk_thread *thread = uk_thread_current();
	struct uk_credentials *own = thread->credentials, real = *own;
	int error;

	real.fsuid = own->uid;
	real.fsgid = own->gid;
	if (!(own->securebits & SECBIT_NO_SETUID_FIXUP))
		real.effective = own->uid ? 0 : own->permitted;
	thread->credentials = &real;
	error = access_path(dirfd, pathname, mode, flags);
	thread->credentials = own;
	return error;
}

static int do_access(int dirfd, const char __user *pathname, int mode, int flags)
{
	if (mode & ~ACCESS_MODES || flags & ~ACCESS_FLAGS)
		return -EINVAL;
	return flags & AT_EACCESS ? access_path(dirfd, pathname, mode, flags)
				  : access_as_real_user(dirfd, pathname, mode, flags);
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
