/* SPDX-License-Identifier: BSD-3-Clause */
/* From path names to dentries: path_resolution(7). */
#ifndef UK_PATH_H
#define UK_PATH_H

#include <uk/mount.h>

/* A location in the tree. Both fields have a reference, or both are NULL. */
struct uk_path {
	struct uk_mount *mount;
	struct uk_dentry *dentry;
};

static inline void uk_path_get(const struct uk_path *path)
{
	uk_mount_get(path->mount);
	uk_dentry_get(path->dentry);
}
static inline void uk_path_put(const struct uk_path *path)
{
	uk_dentry_put(path->dentry);
	uk_mount_put(path->mount);
}

/* Flags of lookups; the low byte is openat2(2)'s RESOLVE_*. */
#define UK_LOOKUP_RESOLVE   0xffu
#define UK_LOOKUP_FOLLOW    0x100u /* follow a symbolic link at the end */
#define UK_LOOKUP_DIRECTORY 0x200u /* -ENOTDIR unless it is a directory */
#define UK_LOOKUP_EMPTY	    0x400u /* "" means the start itself (AT_EMPTY_PATH) */

/*
 * Walks `path` (kernel memory, terminated, shorter than PATH_MAX) from start, which is ignored if
 * path begins with '/'. *result gets references. -ENOENT (also for "" without UK_LOOKUP_EMPTY),
 * -ENOTDIR, -ELOOP (40 symbolic links, or because of RESOLVE_NO_SYMLINKS), -EXDEV (RESOLVE_BENEATH,
 * RESOLVE_NO_XDEV), -EAGAIN (RESOLVE_CACHED), -ENAMETOOLONG, -ENOMEM, and the file system's errors.
 * The dentry of *result is never negative.
 */
int uk_path_lookup(const struct uk_path *start, const char *path, u32 flags,
		   struct uk_path *result);

/* The last component, for callers that create or remove a name. */
enum uk_last_kind {
	UK_LAST_NAME,
	UK_LAST_DOT,	/* "." */
	UK_LAST_DOTDOT, /* ".." */
	UK_LAST_ROOT,	/* "/", or only slashes */
};
struct uk_last {
	struct uk_name name;
	enum uk_last_kind kind;
	bool slashes; /* after the name: it can only be a directory */
};
/* Like uk_path_lookup() for all but the last component: finds the directory that contains it.
 * last->name points into path. A symbolic link at the end is not followed. */
int uk_path_lookup_parent(const struct uk_path *start, const char *path, u32 flags,
			  struct uk_path *parent, struct uk_last *last);
/*
 * Finds one name in a directory: the dentry with a reference, which may be negative only if
 * `create` is set; otherwise -ENOENT. Symbolic links are not followed and mounts not crossed.
 */
int uk_path_lookup_one(const struct uk_path *parent, const struct uk_name *name, bool create,
		       struct uk_dentry **dentry);

/*
 * Writes the absolute path of `path` as seen from root to the end of buffer, terminated. Returns
 * its start, or NULL if size is too small. *reachable is false if the path is not below root (Linux
 * then prefixes "(unreachable)"), *deleted is true if the name is gone. Either may be NULL.
 */
char *uk_path_text(const struct uk_path *path, const struct uk_path *root, char *buffer,
		   size_t size, bool *reachable, bool *deleted);

#endif
