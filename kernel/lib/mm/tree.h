/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The VMAs in the order of their addresses: an AVL tree in which each node also stores the hull of
 * its subtree and the largest gap in it. VMAs never overlap and are never empty.
 */
#ifndef MM_TREE_H
#define MM_TREE_H

#include <uk/mm.h>

struct vma_node {
	struct uk_vma vma;
	struct uk_mm *mm;
	/* vma.c: the mappings of a file's vnode, in all address spaces. */
	struct vma_node *next_mapping, **previous_link;
	/* Used by the tree only. */
	struct vma_node *left, *right;
	uintptr_t start, end; /* hull of the subtree */
	size_t gap;	      /* the largest gap between two VMAs of the subtree */
	int height;
};

void vma_tree_insert(struct uk_mm *mm, struct vma_node *node);
void vma_tree_remove(struct uk_mm *mm, struct vma_node *node);
/* Call this after changing vma.start or vma.end without changing the order. */
void vma_tree_update(struct uk_mm *mm, struct vma_node *node);

/* The first VMA that ends above address; the last one that starts below it; or NULL. */
struct vma_node *vma_tree_from(const struct uk_mm *mm, uintptr_t address);
struct vma_node *vma_tree_before(const struct uk_mm *mm, uintptr_t address);

/* The highest free range of length bytes (not 0) in [low, high): its address, or 0. low is not
 * 0. */
uintptr_t vma_tree_find_gap(const struct uk_mm *mm, size_t length, uintptr_t low, uintptr_t high);

#endif
