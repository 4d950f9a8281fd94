/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/uaccess.h>

#include "paths.h"

int copy_path(char *path, const char __user *user)
{
	ssize_t length = strncpy_from_user(path, user, PATH_MAX);

	if (length == PATH_MAX)
		return -ENAMETOOLONG;
	return length < 0 ? (int)length : 0;
}

int start_at(struct start *start, int dirfd, const char *path)
{
	start->file = NULL;
	start->path = uk_paths_current()->current;
	if (dirfd == AT_FDCWD || *path == '/')
		return 0;
	start->file = uk_fd_get_any(dirfd);
	if (!start->file)
		return -EBADF;
	start->path = start->file->path;
	if (start->path.mount)
		return 0;
	uk_file_put(start->file);
	return -ENOTDIR;
}

int take_path(struct start *start, int dirfd, char *path, const char __user *user)
{
	int error = copy_path(path, user);

	return error ? error : start_at(start, dirfd, path);
}

int lookup_user(int dirfd, const char __user *pathname, u32 flags, struct uk_path *path)
{
	char text[PATH_MAX];
	struct start start;
	int error = copy_path(text, pathname);

	if (!error && !*text && !(flags & UK_LOOKUP_EMPTY))
		error = -ENOENT;
	if (!error)
		error = start_at(&start, dirfd, text);
	if (error)
		return error;
	error = uk_path_lookup(&start.path, text, flags, path);
	start_end(&start);
	return error;
}
