/* SPDX-License-Identifier: BSD-3-Clause */
/* From path names to dentries: path_resolution(7). */
#ifndef UK_PATH_H
#define UK_PATH_H

#include <uk/mount.h>

/* A place in the tree. Each of the two has a reference, or both are NULL. */
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
#define UK_LOOKUP_FOLLOW    0x100u /* a symbolic link at the end is followed */
#define UK_LOOKUP_DIRECTORY 0x200u /* -ENOTDIR unless it is one */
#define UK_LOOKUP_EMPTY	    0x400u /* "" is the start itself (AT_EMPTY_PATH) */

/*
 * Walks `path` (kernel memory, terminated, shorter than PATH_MAX) from start, which is not looked
 * at when path begins with '/'. *result gets references. -ENOENT (also for "" without
 * UK_LOOKUP_EMPTY), -ENOTDIR, -ELOOP (40 symbolic links, or as RESOLVE_NO_SYMLINKS says), -EXDEV
 * (RESOLVE_BENEATH, RESOLVE_NO_XDEV), -EAGAIN (RESOLVE_CACHED), -ENAMETOOLONG, -ENOMEM, and what
 * the file system says. The dentry of *result is never negative.
 */
int uk_path_lookup(const struct uk_path *start, const char *path, u32 flags,
		   struct uk_path *result);

/* The last component, for who makes or removes a name. */
enum uk_last_kind {
	UK_LAST_NAME,
	UK_LAST_DOT,	/* "." */
	UK_LAST_DOTDOT, /* ".." */
	UK_LAST_ROOT,	/* "/", or nothing but slashes */
};
struct uk_last {
	struct uk_name name;
	enum uk_last_kind kind;
	bool slashes; /* behind the name: it can only be a directory */
};
/* As uk_path_lookup() for all but the last component: the directory that holds it. last->name
 * points into path. A symbolic link at the end is not followed. */
int uk_path_lookup_parent(const struct uk_path *start, const char *path, u32 flags,
			  struct uk_path *parent, struct uk_last *last);
/*
 * One name in a directory: the dentry with a reference, which may be negative only when `create` is
 * set; else -ENOENT. Symbolic links are not followed, mounts not crossed.
 */
int uk_path_lookup_one(const struct uk_path *parent, const struct uk_name *name, bool create,
		       struct uk_dentry **dentry);

/*
 * The absolute path of `path` as seen from root: written to the end of buffer, terminated; its
 * start, or NULL when size is too small. *reachable is false when it
 * does not lie below root (Linux then writes "(unreachable)" before it), *deleted when the name is
 * gone. Either may be NULL.
 */
char *uk_path_text(const struct uk_path *path, const struct uk_path *root, char *buffer,
		   size_t size, bool *reachable, bool *deleted);

#endif
