/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include <uk/vfs.h>

#define SYMBOLIC_LINKS_MAX 40 /* path_resolution(7) */

/*
 * A walk: the current path (with references) and the remaining text. root is where '/' starts and
 * ".." stops; the caller keeps it alive.
 */
struct walk {
	struct uk_path path, root;
	const char *text;
	char *buffer; /* owned: the text after following a symbolic link */
	u32 flags;    /* UK_LOOKUP_* */
	unsigned int links;
	struct uk_last last;
};

/* Both return 0 or a negative errno; after an error the walk has ended already. */
int walk_begin(struct walk *walk, const struct uk_path *start, const char *text, u32 flags);
/* Walks to the directory of the last component, which is stored in walk->last. */
int walk_to_last(struct walk *walk);
/* Follows a symbolic link: the text continues with its target, or, for a magic link, the current
 * path becomes its file. May be used for the link that walk->last led to; then walk_to_last()
 * continues, unless *done. */
int walk_follow(struct walk *walk, struct uk_dentry *link, bool *done);
void walk_end(struct walk *walk);
/* Replaces the path by what is mounted on it. */
int walk_cross_mounts(struct walk *walk, struct uk_path *path);

/* Renaming in the cache. prepare allocates memory for the name, in *name, so that the move cannot
 * fail. `from` gets the name and parent of `to`; `to` is deleted, or with exchange gets those of
 * `from`. */
int dentry_prepare_move(const struct uk_dentry *to, char **name);
void dentry_move(struct uk_dentry *from, struct uk_dentry *to, char *name, bool exchange);

/* Reports that the vnode is gone, when it has lost its last name and is not open. */
static inline void vfs_tell_deleted(struct uk_vnode *vnode)
{
	if (vnode->nlink == 0 && vnode->files == 0)
		uk_notify(NULL, vnode, UK_NOTIFY_DELETE_SELF);
}

/* The mount of unnamed files, for opening them through /proc/self/fd; not visible anywhere. */
extern struct uk_mount vfs_anonymous_mount;

#endif
