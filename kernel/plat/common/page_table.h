/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables in the processor's format (Intel SDM vol. 3, 4.5). In a virtual machine the processor
 * walks them; in a host process they are a record that the host's mappings follow.
 */
#ifndef PLAT_COMMON_PAGE_TABLE_H
#define PLAT_COMMON_PAGE_TABLE_H

#include <uk/space.h>

#define PTE_PRESENT  0x001UL
#define PTE_WRITABLE 0x002UL
#define PTE_UNCACHED 0x018UL /* PCD and PWT */
/* Accessed and dirty: nothing reads them, so the processor need not write them. */
#define PTE_USED     0x060UL
#define PTE_LARGE    0x080UL
#define PTE_SOURCE   0x200UL /* UK_PTE_SOURCE; the processor ignores bits 9 to 11 */
#define PTE_HELD     0x400UL /* a frame of ours, not present for the processor (PROT_NONE) */
#define PTE_COPY     0x800UL /* UK_PTE_COPY */
#define PTE_NX	     (1UL << 63)
#define PTE_ADDRESS  0x000ffffffffff000UL
#define PTE_TABLE    (PTE_PRESENT | PTE_WRITABLE | PTE_USED)

/* Embedded in the platform's own object. */
struct ukplat_space {
	u64 *root; /* 512 entries, one page */
};

/* Creates an empty root for the space. False: no memory. */
bool page_table_init(struct ukplat_space *space);
/* Frees the root, whose entries below UK_GUEST_END must be empty. */
void page_table_deinit(struct ukplat_space *space);

/* Returns the entry of the page at address, 0 if it is absent. *next: if it is absent, as for
 * ukplat_page_query(), otherwise the next page's address. */
u64 page_table_entry(const struct ukplat_space *space, uintptr_t address, uintptr_t *next);

/* Defined by the platform: called when the entry of address has changed (0: absent). If the space
 * is current, the processor, or the host, must see the new entry. */
void page_entry_changed(struct ukplat_space *space, uintptr_t address, u64 old, u64 new);
/* Defined by the platform: called when a table on the path to address has become empty and is
 * freed. */
void page_table_gone(struct ukplat_space *space, uintptr_t address);

#endif
