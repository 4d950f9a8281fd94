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
/* Of an entry that leads to a table of the lowest level: all of its entries are one run. */
#define PTE_UNIFORM  0x200UL
#define PTE_SOURCE   0x200UL /* UK_PTE_SOURCE; the processor ignores bits 9 to 11 */
#define PTE_HELD     0x400UL /* a frame of ours, not present for the processor (PROT_NONE) */
#define PTE_COPY     0x800UL /* UK_PTE_COPY */
#define PTE_NX	     (1UL << 63)
#define PTE_ADDRESS  0x000ffffffffff000UL
#define PTE_TABLE    (PTE_PRESENT | PTE_WRITABLE | PTE_USED)

#define PAGE_TABLE_ENTRIES 512
#define PAGE_TABLE_LEVELS  4
/* Bytes that a table of the lowest level covers, and a large page. */
#define PAGE_TABLE_SPAN	   (PAGE_TABLE_ENTRIES * UK_PAGE_SIZE)

/* Embedded in the platform's own object. */
struct ukplat_space {
	u64 *root; /* 512 entries, one page */
};

/* Creates an empty root for the space. False: no memory. */
bool page_table_init(struct ukplat_space *space);
/* Frees the root, whose entries below UK_GUEST_END must be empty. */
void page_table_deinit(struct ukplat_space *space);

/* Returns the entry of the page at address, 0 if it is absent. */
u64 page_table_entry(const struct ukplat_space *space, uintptr_t address);
/* Finds the first run in [*address, end), within one table of the lowest level. Returns its pages;
 * sets *address, and *entry to its first entry. 0: nothing is present. */
size_t page_table_find(const struct ukplat_space *space, uintptr_t *address, uintptr_t end,
		       u64 *entry);

/* Defined by the platform: called when a run of entries has changed from old to new (the first
 * page's entries; 0: all are absent). If the space is current, the processor, or the host, must see
 * the new entries. */
void page_run_changed(struct ukplat_space *space, uintptr_t address, size_t count, u64 old,
		      u64 new);
/* Defined by the platform: called when a run of entries, which begins with entry, has moved;
 * page_moves_done() follows the last one of a move. */
void page_run_moved(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t count,
		    u64 entry);
void page_moves_done(struct ukplat_space *space);
/* Defined by the platform: called when a table on the path to address has become empty and is
 * freed. */
void page_table_gone(struct ukplat_space *space, uintptr_t address);

#endif
