/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables in the processor's format (Intel SDM vol. 3, 4.5). In a virtual machine the processor
 * walks them; in a host process they are a record that the host's mappings follow.
 */
#ifndef PLAT_COMMON_PAGE_TABLE_H
#define PLAT_COMMON_PAGE_TABLE_H

#include <uk/page.h>

#define PTE_PRESENT  0x001UL
#define PTE_WRITABLE 0x002UL
#define PTE_UNCACHED 0x018UL /* PCD and PWT */
#define PTE_USED                                                                                   \
	0x060UL /* accessed and dirty: nothing reads them, so the processor need not write them */
#define PTE_LARGE    0x080UL
#define PTE_BORROWED 0x200UL /* ignored by the processor, as are bits 9 to 11 */
#define PTE_HELD     0x400UL /* not present for the processor, but the frame is ours (PROT_NONE) */
#define PTE_NX	     (1UL << 63)
#define PTE_ADDRESS  0x000ffffffffff000UL
#define PTE_TABLE    (PTE_PRESENT | PTE_WRITABLE | PTE_USED)
/* The root, one page; defined by the platform. */
extern u64 page_table_root[512];

/* Called when the entry of address has changed (0: absent), to update the processor's or the host's
 * view. */
void page_entry_changed(uintptr_t address, u64 old, u64 new);
/* Called when a table on the path to address has become empty and is freed. */
void page_table_gone(uintptr_t address);

#endif
