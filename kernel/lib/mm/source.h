/* SPDX-License-Identifier: BSD-3-Clause */
/* What a mapping shows where the program has no pages of its own yet. */
#ifndef MM_SOURCE_H
#define MM_SOURCE_H

#include <uk/mm.h>

/* Whether the page at address shows the source, not zeroes. */
bool mm_source_has(const struct uk_vma *vma, uintptr_t address);
/* Whether mm_source_page() for reading needs neither new memory nor device I/O. */
bool mm_source_is_resident(const struct uk_vma *vma, uintptr_t address);
/* Returns the frame of a page of the source, with a reference; for_write: as in the file's
 * operation page. 0 or a negative errno. */
int mm_source_page(const struct uk_vma *vma, uintptr_t address, bool for_write, uk_paddr_t *frame);

/* the value of uk_vnode_unmap_mappings */
void mm_unmap_vnode(struct uk_vnode *vnode, u64 first, u64 end);

#endif
