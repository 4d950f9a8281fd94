/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Dentries: names in directories, found by (parent, name) in one hash table. One without a vnode is
 * negative: the name is known not to be there.
 *
 * A dentry lives as long as it has references: those of paths, of its children, of the file system
 * when it is pinned. Without references it stays in the cache, and goes when the cache is full or
 * memory is short.
 */
#ifndef UK_DENTRY_H
#define UK_DENTRY_H

#include <uk/vnode.h>

#define UK_DENTRY_NAME_INLINE 28 /* bytes, terminator included */

/* dentry->flags */
#define UK_DENTRY_HASHED  1u  /* found by lookups; not so any more when it is deleted */
#define UK_DENTRY_MOUNTED 2u  /* something is mounted on it (in one mount of its file system) */
#define UK_DENTRY_PINNED  4u  /* the file system holds a reference until it removes the name */
#define UK_DENTRY_UNUSED  8u  /* in the list of those without references */
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
	struct uk_dentry *next, *previous; /* in the parent's list, or in that of unused ones */
	u64 cookie;	 /* of a pinned one: its place in the listing; grows from child to child */
	u64 last_cookie; /* given to a child */
};

/* A name while it is looked for. Names are 1 to NAME_MAX bytes, without '/' and NUL. */
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

/* The root of a file system, which takes the vnode's reference. NULL: no memory (the reference is
 * put). */
struct uk_dentry *uk_dentry_new_root(struct uk_superblock *superblock, struct uk_vnode *vnode);
/* A negative dentry that no lookup finds yet, with one reference. NULL: no memory. */
struct uk_dentry *uk_dentry_new(struct uk_dentry *parent, const struct uk_name *name);
/* Makes a dentry positive; the vnode's reference is taken over. What operations of a vnode do when
 * they find or make a node. */
void uk_dentry_set_vnode(struct uk_dentry *dentry, struct uk_vnode *vnode);
/* Lookups find it from now on. */
void uk_dentry_hash(struct uk_dentry *dentry);
/* For file systems whose names live in the cache: as uk_dentry_set_vnode(), and the dentry stays,
 * hashed and in the parent's list of children, until uk_dentry_delete(). */
void uk_dentry_pin(struct uk_dentry *dentry, struct uk_vnode *vnode);

/* The cached dentry, with a reference; NULL. */
struct uk_dentry *uk_dentry_find(struct uk_dentry *parent, const struct uk_name *name);
/* The name is gone: no lookup finds it, a pin is undone. Open files keep it as it was. */
void uk_dentry_delete(struct uk_dentry *dentry);
/* Whether dentry is ancestor or lies below it. */
bool uk_dentry_is_below(const struct uk_dentry *dentry, const struct uk_dentry *ancestor);
/* Frees dentries that nothing refers to: of one file system, or (NULL) of all; at most maximum.
 * How many. */
size_t uk_dentry_shrink(struct uk_superblock *superblock, size_t maximum);

#endif
