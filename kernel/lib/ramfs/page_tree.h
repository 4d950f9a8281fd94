/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pages of a file by their number: a tree of nodes with 64 slots, as high as the highest number
 * requires; a file of one page has no node at all. A slot holds a frame, nothing (0), or PAGE_HOLE:
 * zeroes, whatever is borrowed below.
 */
#ifndef RAMFS_PAGE_TREE_H
#define RAMFS_PAGE_TREE_H

#include <uk/page.h>

#define PAGE_TREE_SHIFT 6
#define PAGE_TREE_SLOTS (1u << PAGE_TREE_SHIFT)
#define PAGE_HOLE	((u64)1)

struct page_tree {
	u64 root; /* height 0: the slot of page 0; otherwise the address of a node */
	u32 height;
};

u64 page_tree_find(const struct page_tree *tree, u64 index);
/* The same; *count, at most what it is, becomes the number of pages from index on whose frames
 * follow one another. */
u64 page_tree_find_run(const struct page_tree *tree, u64 index, u64 *count);
/* Returns the slot of a page, creating it if needed; NULL: no memory. */
u64 *page_tree_slot(struct page_tree *tree, u64 index);
/* The first number from index on whose slot holds a frame, or UINT64_MAX. */
u64 page_tree_next(const struct page_tree *tree, u64 index);
/* Empties slots [first, end) and puts their frames. Returns the number of frames. */
u64 page_tree_clear(struct page_tree *tree, u64 first, u64 end);

#endif
