/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A space: the pages of one program's address space, as the platform keeps them. On qemu it is page
 * tables that the processor walks; on the other platform it is page tables that only record what
 * the host's mappings have to be. lib/mm decides what is in a space; the platform implements this
 * header.
 *
 * A space holds addresses below UK_GUEST_END. The kernel is mapped in every space. The functions
 * work on any space: a change of the space that is current takes effect before the program runs on,
 * a change of another one when it becomes current.
 */
#ifndef UK_SPACE_H
#define UK_SPACE_H

#include <uk/page.h>

struct ukplat_space;

/* A new space without pages. NULL: no memory. It is not current. */
struct ukplat_space *ukplat_space_create(void);

/*
 * Makes a space current: until the next call, the program, and the kernel's access to the program's
 * memory (uk/uaccess.h), see its pages. NULL: no program's; that is how the machine starts. Cheap
 * when the space is current already. Cannot fail: where the host refuses a mapping, the machine
 * ends.
 */
void ukplat_space_switch(struct ukplat_space *space);

/* Frees a space that has no pages (ukplat_page_unmap() all of them first) and is not current. */
void ukplat_space_destroy(struct ukplat_space *space);

/*
 * Entries of a space. Addresses and frames are page-aligned. Each present entry owns a reference to
 * its frame: the caller hands it over with ukplat_page_map() and gets it back by
 * ukplat_page_query(), before it removes or replaces the entry.
 *
 * Two properties of a page are kept for lib/mm, beside UK_PROT_* of uk/mm.h, and are independent.
 * UK_PTE_SOURCE: the frame belongs to what the mapping shows (a file, or frames in a row), not to
 * the program. UK_PTE_COPY: nobody writes to the frame through this entry, which never has
 * UK_PROT_WRITE; a write faults and gets another frame, or this one after its source has agreed.
 */
#define UK_PTE_SOURCE 0x100u
#define UK_PTE_COPY   0x200u
struct uk_pte {
	uk_paddr_t frame;
	u32 prot; /* UK_PROT_* | UK_PTE_*; meaningful only when present */
	bool present;
};
/* 0 or -ENOMEM (no page for a page table). Replaces an existing entry, and then cannot fail. */
int ukplat_page_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, u32 prot);
/* The entry for address; when it is absent and next is not NULL, *next is an address > address
 * before which nothing is present (so that sparse ranges are walked quickly). */
struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next);
/* Removes the entry (which must be present) and flushes it. Frees empty page tables. */
void ukplat_page_unmap(struct ukplat_space *space, uintptr_t address);
/* Changes a present entry to prot, of UK_PROT_* and UK_PTE_*. */
void ukplat_page_protect(struct ukplat_space *space, uintptr_t address, u32 prot);

#endif
