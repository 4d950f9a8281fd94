/* SPDX-License-Identifier: BSD-3-Clause */
#include "pages.h"

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

int mm_pages_add(struct uk_mm *mm, uintptr_t address, uk_paddr_t frame, size_t count, u32 page_prot)
{
	int result = ukplat_pages_map(mm->space, address, frame, count, page_prot);

	if (result == 0)
		mm->resident += count;
	return result;
}

#define for_each_run(mm, address, end, count, pte)                                                 \
	for (size_t count; (count = ukplat_pages_find(mm->space, &(address), end, pte));           \
	     address += count << UK_PAGE_SHIFT)

void mm_pages_drop(struct uk_mm *mm, uintptr_t start, uintptr_t end, bool only_source)
{
	struct uk_pte pte;

	for_each_run(mm, start, end, count, &pte)
	{
		if (only_source && !(pte.prot & UK_PTE_SOURCE))
			continue;
		ukplat_pages_unmap(mm->space, start, count);
		mm->resident -= count;
		uk_page_put_run(pte.frame, count);
	}
}

void mm_pages_protect(struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot)
{
	struct uk_pte pte;

	for_each_run(mm, start, end, count, &pte)
		ukplat_pages_protect(mm->space, start, count,
				     mm_page_prot(prot, pte.prot & (UK_PTE_SOURCE | UK_PTE_COPY)));
}

size_t uk_mm_resident_in(const struct uk_mm *mm, uintptr_t start, uintptr_t end, size_t *owned)
{
	struct uk_pte pte;
	size_t pages = 0;

	*owned = 0;
	for_each_run(mm, start, end, count, &pte)
	{
		pages += count;
		if (!(pte.prot & UK_PTE_SOURCE))
			*owned += count << UK_PAGE_SHIFT;
	}
	return pages << UK_PAGE_SHIFT;
}

size_t mm_pages_owned(const struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	size_t owned;

	uk_mm_resident_in(mm, start, end, &owned);
	return owned / UK_PAGE_SIZE;
}

int mm_pages_move(struct uk_mm *mm, uintptr_t from, uintptr_t to, size_t length)
{
	return ukplat_pages_move(mm->space, from, to, length);
}
