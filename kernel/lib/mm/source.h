/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies beneath a mapping's pages before the program has its own. */
#ifndef MM_SOURCE_H
#define MM_SOURCE_H

#include <uk/mm.h>

/* Whether the source, not zeroes, is what the page at address shows. */
bool mm_source_has(const struct uk_vma *vma, uintptr_t address);
/* Whether mm_source_page() for reading takes neither new memory nor long. */
bool mm_source_is_resident(const struct uk_vma *vma, uintptr_t address);
/* The frame of a page that the source has, with a reference; for_write: as the file's operation
 * page. 0 or a negative errno. */
int mm_source_page(const struct uk_vma *vma, uintptr_t address, bool for_write, uk_paddr_t *frame);

/* uk_vnode_unmap_mappings */
void mm_unmap_vnode(struct uk_vnode *vnode, u64 first, u64 end);

#endif
