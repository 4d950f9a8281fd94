/* SPDX-License-Identifier: BSD-3-Clause */
/* Changing the set of VMAs, without touching pages. Addresses are page-aligned. */
#ifndef MM_VMA_H
#define MM_VMA_H

#include "tree.h"

/* vma.flags: its memory was counted as needed when it became writable (see commit.h). */
#define VMA_ACCOUNTED	   0x100u
/* vma.flags: what fork(2) does with it (uk_mm_set_fork()). */
#define VMA_FORK_LEAVE_OUT 0x200u
#define VMA_FORK_WIPE	   0x400u

#define for_each_vma(mm, node, first, last)                                                        \
	for (struct vma_node *node = vma_tree_from(mm, first); node && node->vma.start < (last);   \
	     node = vma_tree_from(mm, node->vma.end))

/* Returns the VMA that contains address and may be changed by the program, or NULL. A guard does
 * not count: the program may unmap it or map over it, but otherwise it is a hole, as on Linux. */
struct vma_node *vma_find(const struct uk_mm *mm, uintptr_t address);
bool vma_overlaps(const struct uk_mm *mm, uintptr_t start, uintptr_t end);

/* Adds vma, whose range must be empty, and merges it with equal neighbours. 0 or -ENOMEM. */
int vma_add(struct uk_mm *mm, const struct uk_vma *vma);
/* Removes everything in [start, end). -ENOMEM (and no change) is only possible when the range lies
 * inside of one VMA and touches neither end of it. */
int vma_clear(struct uk_mm *mm, uintptr_t start, uintptr_t end);
/* Splits the VMA that contains address, so that one starts there. 0 or -ENOMEM. */
int vma_split(struct uk_mm *mm, uintptr_t address);
/* Merges the VMA that starts at address with the one that ends there, if they are equal. */
void vma_join(struct uk_mm *mm, uintptr_t address);

/* The part of a mapping's source from offset on. */
struct uk_mm_source vma_source_from(const struct uk_mm_source *source, size_t offset);

#endif
