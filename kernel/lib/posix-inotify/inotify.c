/* SPDX-License-Identifier: BSD-3-Clause */
/* inotify_init(2) and related calls. */
#include <uk/inotify.h>
#include <uk/paths.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define MASK_KNOWN                                                                                 \
	(IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR | IN_DONT_FOLLOW |   \
	 IN_EXCL_UNLINK | IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT)

/* IN_CLOEXEC and IN_NONBLOCK have the values of open(2)'s flags. */
static int create(int flags)
{
	return flags & ~(O_CLOEXEC | O_NONBLOCK) ? -EINVAL : uk_inotify_create((u32)flags);
}

UK_SYSCALL_R_DEFINE(int, inotify_init)
{
	return create(0);
}

UK_SYSCALL_R_DEFINE(int, inotify_init1, int, flags)
{
	return create(flags);
}

static int lookup(const char __user *pathname, u32 flags, struct uk_path *path)
{
	char text[PATH_MAX];
	ssize_t length = strncpy_from_user(text, pathname, PATH_MAX);

	if (length == PATH_MAX)
		return -ENAMETOOLONG;
	return length < 0 ? (int)length
			  : uk_path_lookup(&uk_paths_current()->current, text, flags, path);
}

static int add_watch(struct uk_file *instance, const char __user *pathname, u32 mask)
{
	u32 flags = (mask & IN_DONT_FOLLOW ? 0 : UK_LOOKUP_FOLLOW) |
		    (mask & IN_ONLYDIR ? UK_LOOKUP_DIRECTORY : 0);
	struct uk_path path;
	int result;

	if ((mask & IN_MASK_ADD && mask & IN_MASK_CREATE) || !uk_inotify_is_instance(instance))
		return -EINVAL;
	result = lookup(pathname, flags, &path);
	if (result)
		return result;
	result = uk_inotify_add(instance, path.dentry->vnode, mask);
	uk_path_put(&path);
	return result;
}

UK_SYSCALL_PARTIAL(inotify_add_watch,
		   "changes that the server makes in a 9P directory are not reported");
UK_SYSCALL_R_DEFINE(int, inotify_add_watch, int, fd, const char *, pathname, u32, mask)
{
	struct uk_file *instance;
	int result;

	if (!mask || mask & ~MASK_KNOWN)
		return -EINVAL;
	instance = uk_fd_get(fd);
	if (!instance)
		return -EBADF;
	result = add_watch(instance, pathname, mask);
	uk_file_put(instance);
	return result;
}

UK_SYSCALL_R_DEFINE(int, inotify_rm_watch, int, fd, int, wd)
{
	struct uk_file *instance = uk_fd_get(fd);
	int result;

	if (!instance)
		return -EBADF;
	result = uk_inotify_is_instance(instance) ? uk_inotify_remove(instance, wd) : -EINVAL;
	uk_file_put(instance);
	return result;
}
