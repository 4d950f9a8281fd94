/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include <uk/vfs.h>

#define SYMBOLIC_LINKS_MAX 40 /* path_resolution(7) */

/*
 * A walk: the place reached (with references), the text that is left. root is where '/' begins and
 * where ".." stops; it is kept alive by whom it was taken from.
 */
struct walk {
	struct uk_path path, root;
	const char *text;
	char *buffer; /* owned: the text after a symbolic link */
	u32 flags;    /* UK_LOOKUP_* */
	unsigned int links;
	struct uk_last last;
};

/* Both 0 or a negative errno, after which the walk is over already. */
int walk_begin(struct walk *walk, const struct uk_path *start, const char *text, u32 flags);
/* To the directory of the last component, which is left in walk->last. */
int walk_to_last(struct walk *walk);
/* The text goes on behind the symbolic link, or the place is what a magic link says. May be used
 * for the link that walk->last led to; then walk_to_last() goes on, unless *done. */
int walk_follow(struct walk *walk, struct uk_dentry *link, bool *done);
void walk_end(struct walk *walk);
/* What is mounted on the place. */
int walk_cross_mounts(struct walk *walk, struct uk_path *path);

/* Renames in the cache. prepare makes room for the name, in *name, so that the move cannot fail.
 * `from` becomes what `to` is (name and parent); `to` is deleted, or with exchange becomes what
 * `from` was. */
int dentry_prepare_move(const struct uk_dentry *to, char **name);
void dentry_move(struct uk_dentry *from, struct uk_dentry *to, char *name, bool exchange);

/* Tells that the vnode is gone, when its last name is and no file is open. */
static inline void vfs_tell_deleted(struct uk_vnode *vnode)
{
	if (vnode->nlink == 0 && vnode->files == 0)
		uk_notify(NULL, vnode, UK_NOTIFY_DELETE_SELF);
}

/* Where files without a name are for who follows /proc/self/fd; seen nowhere. */
extern struct uk_mount vfs_anonymous_mount;

#endif
