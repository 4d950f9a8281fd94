/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/assert.h>

#include "pages.h"

/* A page table has 512 entries, and there are three levels of them below the root. */
#define TABLE_SHIFT  9
#define TABLE_LEVELS 3

size_t uk_mm_resident(const struct uk_mm *mm)
{
	return mm->resident * UK_PAGE_SIZE;
}

u32 mm_page_prot(u32 prot, u32 properties)
{
	if (prot & (UK_PROT_WRITE | UK_PROT_EXEC))
		prot |= UK_PROT_READ;
	if (properties & UK_PTE_COPY)
		prot &= ~UK_PROT_WRITE;
	return prot | properties;
}

int mm_page_add(struct uk_mm *mm, uintptr_t address, uk_paddr_t frame, u32 page_prot)
{
	int result = ukplat_page_map(mm->space, address, frame, page_prot);

	if (result == 0)
		mm->resident++;
	return result;
}

/* Finds the first present page in [*address, end). False: no page is present. */
static bool next_present(const struct uk_mm *mm, uintptr_t *address, uintptr_t end,
			 struct uk_pte *pte)
{
	while (*address < end) {
		uintptr_t next = end;

		*pte = ukplat_page_query(mm->space, *address, &next);
		if (pte->present)
			return true;
		*address = next;
	}
	return false;
}

void mm_pages_drop(struct uk_mm *mm, uintptr_t start, uintptr_t end, bool only_source)
{
	struct uk_pte pte;

	for (; next_present(mm, &start, end, &pte); start += UK_PAGE_SIZE) {
		if (only_source && !(pte.prot & UK_PTE_SOURCE))
			continue;
		ukplat_page_unmap(mm->space, start);
		mm->resident--;
		uk_page_put(pte.frame);
	}
}

void mm_pages_protect(struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot)
{
	struct uk_pte pte;

	for (; next_present(mm, &start, end, &pte); start += UK_PAGE_SIZE)
		ukplat_page_protect(mm->space, start,
				    mm_page_prot(prot, pte.prot & (UK_PTE_SOURCE | UK_PTE_COPY)));
}

size_t uk_mm_resident_in(const struct uk_mm *mm, uintptr_t start, uintptr_t end, size_t *owned)
{
	struct uk_pte pte;
	size_t count = 0;

	*owned = 0;
	for (; next_present(mm, &start, end, &pte); start += UK_PAGE_SIZE) {
		count += UK_PAGE_SIZE;
		if (!(pte.prot & UK_PTE_SOURCE))
			*owned += UK_PAGE_SIZE;
	}
	return count;
}

size_t mm_pages_owned(const struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	size_t owned;

	uk_mm_resident_in(mm, start, end, &owned);
	return owned / UK_PAGE_SIZE;
}

/* The maximum number of page tables for `pages` pages spread over length bytes. */
static size_t tables_needed(size_t pages, size_t length)
{
	size_t tables = 0;

	for (int level = 1; level <= TABLE_LEVELS; level++)
		tables += MIN(pages, (length >> (UK_PAGE_SHIFT + TABLE_SHIFT * level)) + 2);
	return tables;
}

bool mm_pages_can_move(const struct uk_mm *mm, uintptr_t from, size_t length)
{
	size_t free = uk_page_statistics().free;
	uintptr_t end = from + length;
	struct uk_pte pte;
	size_t pages = 0;

	if (tables_needed(length >> UK_PAGE_SHIFT, length) < free)
		return true;
	for (; next_present(mm, &from, end, &pte); from += UK_PAGE_SIZE)
		pages++;
	return tables_needed(pages, length) < free;
}

void mm_pages_move(struct uk_mm *mm, uintptr_t from, uintptr_t to, size_t length)
{
	uintptr_t end = from + length;
	uintptr_t distance = to - from; /* modulo 2^64 */
	struct uk_pte pte;

	for (; next_present(mm, &from, end, &pte); from += UK_PAGE_SIZE) {
		int result = ukplat_page_map(mm->space, from + distance, pte.frame, pte.prot);

		UK_ASSERT(result == 0);
		ukplat_page_unmap(mm->space, from);
	}
}
