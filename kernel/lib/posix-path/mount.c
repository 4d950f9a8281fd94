/* SPDX-License-Identifier: BSD-3-Clause */
/* mount(2), umount2(2), statfs(2). */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

#define PROPAGATION (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* Copies mount(2)'s strings to kernel memory: the options are at most a page. */
struct strings {
	char type[64], source[PATH_MAX], data[UK_PAGE_SIZE];
};

static int copy_string(char *to, const char __user *user, size_t size)
{
	ssize_t length;

	*to = '\0';
	if (!user)
		return 0;
	length = strncpy_from_user(to, user, size);
	if (length < 0)
		return (int)length;
	if ((size_t)length == size)
		return -EINVAL;
	return 0;
}

static int do_mount(const struct strings *strings, const struct uk_path *target, u32 flags)
{
	struct uk_path from;
	int error;

	if (flags & MS_REMOUNT)
		return uk_mount_remount(target, flags, strings->data, flags & MS_BIND);
	/* There is one namespace, so nothing propagates and nothing changes. */
	if (flags & PROPAGATION)
		return target->dentry == target->mount->root ? 0 : -EINVAL;
	if (!(flags & (MS_BIND | MS_MOVE)))
		return uk_mount_new(strings->type, strings->source, target, flags, strings->data);
	error = uk_path_lookup(&uk_paths_current()->current, strings->source, UK_LOOKUP_FOLLOW,
			       &from);
	if (error)
		return error;
	error = flags & MS_BIND ? uk_mount_bind(&from, target, flags & MS_REC)
				: uk_mount_move(&from, target);
	uk_path_put(&from);
	return error;
}

UK_SYSCALL_PARTIAL(mount, "ramfs, tmpfs, devtmpfs, bind mounts; one namespace, no propagation");
UK_LLSYSCALL_R_DEFINE(int, mount, const char *, source, const char *, target, const char *,
		      filesystemtype, unsigned long, mountflags, const void *, data)
{
	struct strings *strings = uk_malloc(sizeof(*strings));
	struct uk_path path;
	int error;

	if (!strings)
		return -ENOMEM;
	/* The magic number that old programs put in the upper bits. */
	if ((mountflags & MS_MGC_MSK) == MS_MGC_VAL)
		mountflags &= ~(unsigned long)MS_MGC_MSK;
	error = copy_string(strings->type, filesystemtype, sizeof(strings->type));
	if (!error)
		error = copy_string(strings->source, source, sizeof(strings->source));
	if (!error)
		error = copy_string(strings->data, data, sizeof(strings->data));
	if (!error)
		error = lookup_user(AT_FDCWD, target, UK_LOOKUP_FOLLOW, &path);
	if (!error) {
		error = uk_capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
		if (!error)
			error = do_mount(strings, &path, (u32)mountflags);
		uk_path_put(&path);
	}
	uk_free(strings);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, umount2, const char *, target, int, flags)
{
	struct uk_path path;
	int error = lookup_user(AT_FDCWD, target,
				(u32)flags & UMOUNT_NOFOLLOW ? 0 : UK_LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = uk_capable(CAP_SYS_ADMIN) ? uk_mount_remove(&path, (u32)flags) : -EPERM;
	uk_path_put(&path);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, statfs, const char *, pathname, struct statfs *, buf)
{
	struct statfs status;
	struct uk_path path;
	int error = lookup_user(AT_FDCWD, pathname, UK_LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = uk_vfs_statfs(path.mount->superblock, path.mount->flags, &status);
	uk_path_put(&path);
	return error ? error : copy_to_user(buf, &status, sizeof(status));
}

UK_LLSYSCALL_R_DEFINE(int, fstatfs, int, fd, struct statfs *, buf)
{
	struct uk_file *file = uk_fd_get_any(fd);
	struct statfs status;
	int error;

	if (!file)
		return -EBADF;
	error = uk_vfs_statfs(file->vnode->superblock,
			      file->path.mount ? file->path.mount->flags : 0, &status);
	uk_file_put(file);
	return error ? error : copy_to_user(buf, &status, sizeof(status));
}
