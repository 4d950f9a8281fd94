/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dentries: names in directories, found by (parent, name) in one hash table. A dentry without a
 * vnode is negative: the name is known not to exist.
 *
 * A dentry lives as long as it has references: from paths, from its children, and from the file
 * system if it is pinned. Without references it stays in the cache until the cache is full or
 * memory is short.
 */
#ifndef UK_DENTRY_H
#define UK_DENTRY_H

#include <uk/vnode.h>

#define UK_DENTRY_NAME_INLINE 28 /* bytes, including the terminator */

/* dentry->flags */
#define UK_DENTRY_HASHED  1u  /* found by lookups; cleared when it is deleted */
#define UK_DENTRY_MOUNTED 2u  /* something is mounted on it (in one mount of its file system) */
#define UK_DENTRY_PINNED  4u  /* the file system holds a reference until it removes the name */
#define UK_DENTRY_UNUSED  8u  /* in the list of unreferenced dentries */
#define UK_DENTRY_DELETED 16u /* the name is gone */

struct uk_dentry {
	struct uk_dentry *hash_next;
	struct uk_dentry *parent; /* with a reference; the root of a file system is its own */
	struct uk_vnode *vnode;	  /* with a reference; NULL: negative */
	const char *name;	  /* terminated; "/" for a root */
	struct uk_superblock *superblock;
	u32 hash; /* of the name and the parent */
	u32 references;
	u16 name_length;
	u16 flags;
	char inline_name[UK_DENTRY_NAME_INLINE];
	struct uk_dentry *first_child, *last_child; /* pinned ones, oldest first */
	struct uk_dentry *next, *previous; /* in the parent's list, or in that of unused dentries */
	/* of a pinned dentry: its position in the listing; increases from child to child */
	u64 cookie;
	u64 last_cookie; /* given to a child */
};

/* A name to look up. Names are 1 to NAME_MAX bytes, without '/' and NUL. */
struct uk_name {
	const char *text; /* not terminated */
	u32 length;
	u32 hash; /* uk_name_hash() */
};
u32 uk_name_hash(const char *text, u32 length);

static inline struct uk_dentry *uk_dentry_get(struct uk_dentry *dentry)
{
	dentry->references++;
	return dentry;
}
void uk_dentry_unused(struct uk_dentry *dentry);
static inline void uk_dentry_put(struct uk_dentry *dentry)
{
	if (--dentry->references == 0)
		uk_dentry_unused(dentry);
}

/* Creates the root of a file system, which takes over the vnode's reference. NULL: no memory (the
 * reference is put). */
struct uk_dentry *uk_dentry_new_root(struct uk_superblock *superblock, struct uk_vnode *vnode);
/* Creates a negative dentry that lookups do not find yet, with one reference. NULL: no memory. */
struct uk_dentry *uk_dentry_new(struct uk_dentry *parent, const struct uk_name *name);
/* Makes a dentry positive and takes over the vnode's reference. Called by operations of a vnode
 * when they find or create a node. */
void uk_dentry_set_vnode(struct uk_dentry *dentry, struct uk_vnode *vnode);
/* Lookups find the dentry from now on. */
void uk_dentry_hash(struct uk_dentry *dentry);
/* For file systems whose names exist only in the cache: like uk_dentry_set_vnode(), and the dentry
 * stays, hashed and in the parent's list of children, until uk_dentry_delete(). */
void uk_dentry_pin(struct uk_dentry *dentry, struct uk_vnode *vnode);

/* Returns the cached dentry with a reference, or NULL. */
struct uk_dentry *uk_dentry_find(struct uk_dentry *parent, const struct uk_name *name);
/* Records that the name is gone: lookups do not find it, and a pin is removed. Open files keep the
 * dentry. */
void uk_dentry_delete(struct uk_dentry *dentry);
/* Whether dentry is ancestor or is below it. */
bool uk_dentry_is_below(const struct uk_dentry *dentry, const struct uk_dentry *ancestor);
/* Frees unreferenced dentries of one file system, or (NULL) of all; at most maximum. Returns their
 * number. */
size_t uk_dentry_shrink(struct uk_superblock *superblock, size_t maximum);

#endif
