/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Four-level page tables (Intel SDM vol. 3, 4.5). The user count of each table's frame in the
 * guest's half counts the table's entries; the table is freed with its last entry.
 */
#include <uk/assert.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "page_table.h"

#define ENTRIES 512
#define LEVELS	4

static u64 *table_of(u64 entry)
{
	return uk_page_address(entry & PTE_ADDRESS);
}

static unsigned int level_shift(unsigned int level)
{
	return UK_PAGE_SHIFT + 9 * level; /* level 0 holds pages */
}

static u64 *entry_at(u64 *table, uintptr_t address, unsigned int level)
{
	return &table[address >> level_shift(level) & (ENTRIES - 1)];
}

static u64 make_entry(uk_paddr_t frame, u32 prot)
{
	u64 entry = frame | PTE_USED;

	entry |= prot & (UK_PROT_READ | UK_PROT_WRITE | UK_PROT_EXEC) ? PTE_PRESENT : PTE_HELD;
	if (prot & UK_PROT_WRITE)
		entry |= PTE_WRITABLE;
	if (!(prot & UK_PROT_EXEC))
		entry |= PTE_NX;
	if (prot & UK_PTE_SOURCE)
		entry |= PTE_SOURCE;
	if (prot & UK_PTE_COPY)
		entry |= PTE_COPY;
	return entry;
}

bool page_table_init(struct ukplat_space *space)
{
	uk_paddr_t page = uk_page_alloc_zeroed();

	if (page)
		space->root = uk_page_address(page);
	return page;
}

void page_table_deinit(struct ukplat_space *space)
{
	for (size_t i = 0; i <= (UK_GUEST_END - 1) >> level_shift(LEVELS - 1); i++)
		UK_ASSERT(!space->root[i]);
	uk_page_put(uk_page_from_address(space->root));
}

int ukplat_page_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, u32 prot)
{
	u64 *table = space->root;
	uk_paddr_t table_frame = 0; /* of a table that counts its entries */
	u64 *entry, old;

	for (unsigned int level = LEVELS - 1; level > 0; level--) {
		entry = entry_at(table, address, level);
		if (!*entry) {
			uk_paddr_t page = uk_page_alloc_zeroed();

			if (!page)
				return -ENOMEM;
			uk_page_set_user_count(page, 0);
			*entry = page | PTE_TABLE;
			if (table_frame)
				uk_page_set_user_count(table_frame,
						       uk_page_user_count(table_frame) + 1);
		}
		table_frame = *entry & PTE_ADDRESS;
		table = table_of(*entry);
	}
	entry = entry_at(table, address, 0);
	old = *entry;
	*entry = make_entry(frame, prot);
	page_entry_changed(space, address, old, *entry);
	if (!old)
		uk_page_set_user_count(table_frame, uk_page_user_count(table_frame) + 1);
	return 0;
}

/* Returns the page entry for address; if a table or the entry is missing, NULL and, unless next is
 * NULL, *next. */
static u64 *find_entry(const struct ukplat_space *space, uintptr_t address, uintptr_t *next)
{
	u64 *table = space->root;

	for (unsigned int level = LEVELS - 1;; level--) {
		u64 *entry = entry_at(table, address, level);

		if (!*entry) {
			uintptr_t step = 1UL << level_shift(level);

			if (!next)
				return NULL;
			/* Skip the empty entries of this table. */
			do {
				address = ALIGN_DOWN(address, step) + step;
				entry++;
			} while (((uintptr_t)entry & ~UK_PAGE_MASK) && !*entry);
			*next = address;
			return NULL;
		}
		if (level == 0)
			return entry;
		table = table_of(*entry);
	}
}

u64 page_table_entry(const struct ukplat_space *space, uintptr_t address, uintptr_t *next)
{
	const u64 *entry = find_entry(space, address, next);

	if (!entry)
		return 0;
	*next = address + UK_PAGE_SIZE;
	return *entry;
}

struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next)
{
	u64 *entry = find_entry(space, address, next);
	struct uk_pte pte = {0};

	if (!entry)
		return pte;
	pte.present = true;
	pte.frame = *entry & PTE_ADDRESS;
	if (*entry & PTE_PRESENT)
		pte.prot |= UK_PROT_READ | (*entry & PTE_NX ? 0 : UK_PROT_EXEC);
	if (*entry & PTE_WRITABLE)
		pte.prot |= UK_PROT_WRITE;
	if (*entry & PTE_SOURCE)
		pte.prot |= UK_PTE_SOURCE;
	if (*entry & PTE_COPY)
		pte.prot |= UK_PTE_COPY;
	return pte;
}

void ukplat_page_unmap(struct ukplat_space *space, uintptr_t address)
{
	u64 *path[LEVELS];
	u64 *table = space->root, old;

	for (unsigned int level = LEVELS; level-- > 0;) {
		path[level] = entry_at(table, address, level);
		UK_ASSERT(*path[level]);
		if (level)
			table = table_of(*path[level]);
	}
	old = *path[0];
	*path[0] = 0;
	page_entry_changed(space, address, old, 0);
	/* Free the tables that are empty now, except the root. */
	for (unsigned int level = 1; level < LEVELS; level++) {
		uk_paddr_t frame = *path[level] & PTE_ADDRESS;
		u16 count = uk_page_user_count(frame) - 1;

		uk_page_set_user_count(frame, count);
		if (count)
			return;
		*path[level] = 0;
		page_table_gone(space, address);
		uk_page_put(frame);
	}
}

void ukplat_page_protect(struct ukplat_space *space, uintptr_t address, u32 prot)
{
	u64 *entry = find_entry(space, address, NULL), old;

	UK_ASSERT(entry);
	old = *entry;
	*entry = make_entry(old & PTE_ADDRESS, prot);
	page_entry_changed(space, address, old, *entry);
}
