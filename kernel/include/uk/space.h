/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A space: the pages of one program's address space, as the platform stores them. On qemu these are
 * page tables that the processor walks; on linux they are page tables that only record what the
 * host's mappings must be. lib/mm decides what is in a space; the platform implements this header.
 *
 * A space contains addresses below UK_GUEST_END. The kernel is mapped in every space. The functions
 * work on any space: a change to the current space takes effect before the program continues, a
 * change to another one when that becomes current.
 */
#ifndef UK_SPACE_H
#define UK_SPACE_H

#include <uk/page.h>

struct ukplat_space;

/* Creates a space without pages, which is not current. NULL: no memory. */
struct ukplat_space *ukplat_space_create(void);

/*
 * Makes a space current: until the next call, the program sees its pages, and so does the kernel
 * when it accesses the program's memory (uk/uaccess.h). NULL: no program's space, as at boot. Cheap
 * if the space is current already. Cannot fail: if the host refuses a mapping, the machine ends.
 */
void ukplat_space_switch(struct ukplat_space *space);

/* Completes deferred changes of the current space. Never required, but without it the kernel's next
 * access to a page that has changed may fault. */
void ukplat_space_sync(void);

/* fork(2): the pages of `to`, which the caller has mapped, are those of `from`. Copies what else
 * the platform knows about the space. 0 or -ENOMEM. */
int ukplat_space_fork(const struct ukplat_space *from, struct ukplat_space *to);

/* Frees a space that has no pages (ukplat_pages_unmap() all of them first) and is not current. */
void ukplat_space_destroy(struct ukplat_space *space);

/*
 * Entries of a space. Addresses and frames are page-aligned. Each present entry owns a reference to
 * its frame: the caller hands it over with ukplat_page_map(), and gets it back with
 * ukplat_page_query() before it removes or replaces the entry.
 *
 * An entry stores two independent properties for lib/mm in addition to UK_PROT_* of uk/mm.h.
 * UK_PTE_SOURCE: the frame belongs to the mapping's source (a file, or consecutive frames), not to
 * the program. UK_PTE_COPY: nothing writes to the frame through this entry, which never has
 * UK_PROT_WRITE; a write faults and gets another frame, or this one after its source has agreed.
 */
#define UK_PTE_SOURCE 0x100u
#define UK_PTE_COPY   0x200u
struct uk_pte {
	uk_paddr_t frame;
	u32 prot; /* UK_PROT_* | UK_PTE_*; valid only if present */
	bool present;
};
/* Maps or replaces one page. 0 or -ENOMEM (no page for a page table). Replacing an existing entry
 * cannot fail. */
int ukplat_page_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, u32 prot);
/* The entry for address; if it is absent and next is not NULL, *next is an address > address below
 * which nothing is present (so that sparse ranges are walked quickly). */
struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next);

/*
 * Runs: consecutive pages with consecutive frames and equal prot.
 *
 * map: all pages are absent; 0 or -ENOMEM (nothing is mapped). find: the first run in
 * [*address, end); sets *address, and *pte to its first entry. Returns its pages, 0 if nothing is
 * present; adjacent runs may be parts of one. unmap: removes the entries, which are present, and
 * frees empty page tables. protect: changes the protection and properties (UK_PROT_* | UK_PTE_*) of
 * present entries. move: moves all entries of [from, from + length) to an empty range that does not
 * overlap; 0 or -ENOMEM (nothing has moved).
 */
int ukplat_pages_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, size_t count,
		     u32 prot);
size_t ukplat_pages_find(const struct ukplat_space *space, uintptr_t *address, uintptr_t end,
			 struct uk_pte *pte);
void ukplat_pages_unmap(struct ukplat_space *space, uintptr_t address, size_t count);
void ukplat_pages_protect(struct ukplat_space *space, uintptr_t address, size_t count, u32 prot);
int ukplat_pages_move(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t length);

/* Where the kernel fills a run that it has just mapped, whose first entry is at address: in the
 * program's view where that is cheaper, otherwise in its own. */
void *ukplat_pages_view(struct ukplat_space *space, uintptr_t address);
/* Tries to have 2 MiB, aligned in addresses and frames, stored as one large page by the host. */
void ukplat_pages_collapse(struct ukplat_space *space, uintptr_t address);

#endif
