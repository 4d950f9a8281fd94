/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables as the processor has them (Intel SDM vol. 3, 4.5). A machine's processor walks them;
 * a process keeps them as its own book and has the host's kernel follow.
 */
#ifndef PLAT_COMMON_PAGE_TABLE_H
#define PLAT_COMMON_PAGE_TABLE_H

#include <uk/page.h>

#define PTE_PRESENT  0x001UL
#define PTE_WRITABLE 0x002UL
#define PTE_UNCACHED 0x018UL /* PCD and PWT */
#define PTE_USED                                                                                   \
	0x060UL /* accessed and dirty: nobody reads them, so the processor need not write them */
#define PTE_LARGE    0x080UL
#define PTE_BORROWED 0x200UL /* ignored by the processor, as are bits 9 to 11 */
#define PTE_HELD     0x400UL /* not present for the processor, but a frame of ours (PROT_NONE) */
#define PTE_NX	     (1UL << 63)
#define PTE_ADDRESS  0x000ffffffffff000UL
#define PTE_TABLE    (PTE_PRESENT | PTE_WRITABLE | PTE_USED)
/* The root, one page. The platform's. */
extern u64 page_table_root[512];

/* The entry of address is not what it was (0: absent): make the processor, or the host, see it. */
void page_entry_changed(uintptr_t address, u64 old, u64 new);
/* A table on the way to address was empty and is freed. */
void page_table_gone(uintptr_t address);

#endif
