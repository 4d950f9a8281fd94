/* SPDX-License-Identifier: BSD-3-Clause */
/* From the program's path arguments to locations in the tree. */
#ifndef POSIX_PATH_PATHS_H
#define POSIX_PATH_PATHS_H

#include <uk/vfs.h>

/* Copies the path to kernel memory (PATH_MAX bytes). 0, -ENAMETOOLONG, -EFAULT. */
int copy_path(char *path, const char __user *user);

/*
 * Where a relative path begins. Ignored for an absolute one. 0, -EBADF, or -ENOTDIR for a
 * descriptor without a path. Release it with start_end().
 */
struct start {
	struct uk_path path;
	struct uk_file *file; /* keeps the path alive; NULL: the working directory */
};
int start_at(struct start *start, int dirfd, const char *path);
/* Copies the path and determines where it begins, for (dirfd, user). */
int take_path(struct start *start, int dirfd, char *path, const char __user *user);
static inline void start_end(const struct start *start)
{
	if (start->file)
		uk_file_put(start->file);
}

/* Looks up (dirfd, pathname); flags: UK_LOOKUP_*. Release it with uk_path_put(). */
int lookup_user(int dirfd, const char __user *pathname, u32 flags, struct uk_path *path);

/* Converts AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH to UK_LOOKUP_*. */
static inline u32 lookup_flags(int at_flags)
{
	return (at_flags & AT_SYMLINK_NOFOLLOW ? 0 : UK_LOOKUP_FOLLOW) |
	       (at_flags & AT_EMPTY_PATH ? UK_LOOKUP_EMPTY : 0);
}

#endif
