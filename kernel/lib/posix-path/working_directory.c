/* SPDX-License-Identifier: BSD-3-Clause */
/* The process's directories and umask: getcwd(2), chdir(2), chroot(2), umask(2). */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/permission.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

#define UNREACHABLE "(unreachable)"

UK_LLSYSCALL_R_DEFINE(long, getcwd, char *, buf, size_t, size)
{
	const struct uk_paths *paths = uk_paths_current();
	bool reachable = true, deleted = false;
	char *memory, *text;
	long length;

	if (!paths->current.mount)
		return -ENOENT;
	/* With room for a prefix. */
	memory = uk_malloc(PATH_MAX + sizeof(UNREACHABLE));
	if (!memory)
		return -ENOMEM;
	text = uk_path_text(&paths->current, &paths->root, memory + sizeof(UNREACHABLE), PATH_MAX,
			    &reachable, &deleted);
	if (text && !reachable) {
		text -= sizeof(UNREACHABLE) - 1;
		memcpy(text, UNREACHABLE, sizeof(UNREACHABLE) - 1);
	}
	length = text ? (long)strlen(text) + 1 : 0;
	if (deleted)
		length = -ENOENT;
	else if (!text)
		length = -ENAMETOOLONG;
	else if ((size_t)length > size)
		length = -ERANGE;
	else if (copy_to_user(buf, text, (size_t)length))
		length = -EFAULT;
	uk_free(memory);
	return length;
}

/* Takes over the reference to path. */
static void set_place(struct uk_path *place, const struct uk_path *path)
{
	struct uk_path old = *place;

	*place = *path;
	uk_path_put(&old);
}

/* capability: that the caller needs, or a negative number. */
static int change_place(struct uk_path *place, const char __user *pathname, int capability)
{
	struct uk_path path;
	int error = lookup_user(AT_FDCWD, pathname, UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY, &path);

	if (error)
		return error;
	error = uk_vnode_permission(path.dentry->vnode, UK_MAY_EXECUTE);
	if (!error && capability >= 0 && !uk_capable(capability))
		error = -EPERM;
	if (error)
		uk_path_put(&path);
	else
		set_place(place, &path);
	return error;
}

UK_SYSCALL_R_DEFINE(int, chdir, const char *, pathname)
{
	return change_place(&uk_paths_current()->current, pathname, -1);
}

UK_LLSYSCALL_R_DEFINE(int, fchdir, int, fd)
{
	struct uk_file *file = uk_fd_get_any(fd);
	int error = 0;

	if (!file)
		return -EBADF;
	if (!file->path.mount || !uk_vnode_is(file->vnode, S_IFDIR)) {
		error = -ENOTDIR;
	} else {
		error = uk_vnode_permission(file->vnode, UK_MAY_EXECUTE);
	}
	if (!error) {
		uk_path_get(&file->path);
		set_place(&uk_paths_current()->current, &file->path);
	}
	uk_file_put(file);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, chroot, const char *, pathname)
{
	return change_place(&uk_paths_current()->root, pathname, CAP_SYS_CHROOT);
}

UK_LLSYSCALL_R_DEFINE(mode_t, umask, mode_t, mask)
{
	u32 old = uk_paths_current()->umask;

	uk_paths_current()->umask = mask & 0777;
	return old;
}
