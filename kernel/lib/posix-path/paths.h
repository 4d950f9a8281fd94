/* SPDX-License-Identifier: BSD-3-Clause */
/* From the program's path arguments to places in the tree. */
#ifndef POSIX_PATH_PATHS_H
#define POSIX_PATH_PATHS_H

#include <uk/vfs.h>

/* The path in kernel memory (PATH_MAX bytes). 0, -ENAMETOOLONG, -EFAULT. */
int copy_path(char *path, const char __user *user);

/*
 * Where a relative path begins. Not looked at for an absolute one. 0, -EBADF, or -ENOTDIR for a
 * descriptor without a place. Ended by start_end().
 */
struct start {
	struct uk_path path;
	struct uk_file *file; /* holds the path; NULL: the working directory */
};
int start_at(struct start *start, int dirfd, const char *path);
/* Both: the path that (dirfd, user) names, and where it begins. */
int take_path(struct start *start, int dirfd, char *path, const char __user *user);
static inline void start_end(const struct start *start)
{
	if (start->file)
		uk_file_put(start->file);
}

/* The place that (dirfd, pathname) names; flags: UK_LOOKUP_*. Ended by uk_path_put(). */
int lookup_user(int dirfd, const char __user *pathname, u32 flags, struct uk_path *path);

/* UK_LOOKUP_* of AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH. */
static inline u32 lookup_flags(int at_flags)
{
	return (at_flags & AT_SYMLINK_NOFOLLOW ? 0 : UK_LOOKUP_FOLLOW) |
	       (at_flags & AT_EMPTY_PATH ? UK_LOOKUP_EMPTY : 0);
}

#endif
