/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef RAMFS_RAMFS_H
#define RAMFS_RAMFS_H

#include <uk/ramfs.h>

#include "page_tree.h"

#define LINK_INLINE 80 /* bytes of a symbolic link's target stored in the node */

struct ramfs_node {
	struct uk_vnode vnode;
	union {
		struct { /* regular files */
			struct page_tree pages;
			/* The contents of pages for which the tree has no slot. */
			const char *borrowed;
			u64 borrowed_size;
		};
		char link_text[LINK_INLINE];
	};
};
/* The heap's sizes are powers of two; a root may have tens of thousands of files. */
_Static_assert(sizeof(struct ramfs_node) <= 256, "a node takes 512 bytes of the heap");

struct ramfs {
	struct uk_superblock superblock;
	u64 pages, pages_max; /* used and allowed; 0: no limit */
	u64 nodes, nodes_max;
};

static inline struct ramfs_node *ramfs_node(struct uk_vnode *vnode)
{
	return container_of(vnode, struct ramfs_node, vnode);
}

static inline struct ramfs *ramfs_of(const struct uk_vnode *vnode)
{
	return container_of(vnode->superblock, struct ramfs, superblock);
}

extern const struct uk_vnode_operations ramfs_directory_operations, ramfs_file_operations,
	ramfs_other_operations;
extern const struct uk_file_operations ramfs_open_directory_operations, ramfs_open_file_operations;

/* node.c: creates a node with nlink 1 (2 for a directory) and one reference. On failure returns
 * NULL, and the errno in *error. */
struct ramfs_node *ramfs_new_node(struct uk_superblock *superblock, u32 mode, int *error);
void ramfs_free_vnode(struct uk_vnode *vnode);
/* The number of pages that files may still allocate. */
u64 ramfs_pages_free(const struct ramfs *ramfs);

/* file.c */
int ramfs_set_attributes(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
/* Frees all pages. */
void ramfs_clear(struct ramfs_node *node);

/* contents.c: the bytes of a page. */
/* Returns the file's own page, creating it if needed: 0 and a page, or -ENOSPC. whole: the caller
 * overwrites all of it, so that it need not be filled. */
int ramfs_own_page(struct ramfs_node *node, u64 index, bool whole, uk_paddr_t *page);
/* Gives up to count holes from index on frames of the file's own that follow one another, with
 * unspecified contents. Returns their number, 0 without memory, and the first frame. */
u64 ramfs_own_run(struct ramfs_node *node, u64 index, u64 count, uk_paddr_t *first);
/* Fills a page's memory with what is below the page (borrowed bytes, otherwise zeroes). */
void ramfs_fill(const struct ramfs_node *node, u64 index, char *memory);
bool ramfs_is_hole(const struct ramfs_node *node, u64 index);
/* Replaces pages [first, end) by holes. Always succeeds if end is UINT64_MAX, otherwise may return
 * -ENOSPC. */
int ramfs_drop(struct ramfs_node *node, u64 first, u64 end);

/* space.c */
int ramfs_allocate(struct uk_vnode *vnode, u32 mode, s64 offset, s64 length);
s64 ramfs_seek(struct uk_vnode *vnode, s64 offset, int whence);

#endif
