/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads and writes any address space, not only the current one. */
#include <uk/mm.h>
#include <uk/string.h>

/* The frame of a page, or UK_PAGE_NONE. */
static uk_paddr_t find_frame(struct uk_mm *mm, uintptr_t page)
{
	struct uk_pte pte = ukplat_page_query(mm->space, page, NULL);

	if (!pte.present && uk_mm_fault(mm, page, UK_PROT_READ) == 0)
		pte = ukplat_page_query(mm->space, page, NULL);
	return pte.present ? pte.frame : UK_PAGE_NONE;
}

size_t uk_mm_read(struct uk_mm *mm, void *destination, uintptr_t address, size_t size)
{
	u8 *to = destination;

	while (size) {
		size_t offset = address % UK_PAGE_SIZE, part = MIN(size, UK_PAGE_SIZE - offset);
		uk_paddr_t frame = find_frame(mm, address - offset);

		if (frame == UK_PAGE_NONE)
			break;
		memcpy(to, (const u8 *)uk_page_address(frame) + offset, part);
		to += part;
		address += part;
		size -= part;
	}
	return size;
}

size_t uk_mm_write(struct uk_mm *mm, uintptr_t address, const void *source, size_t size)
{
	const u8 *from = source;

	while (size) {
		size_t offset = address % UK_PAGE_SIZE, part = MIN(size, UK_PAGE_SIZE - offset);
		struct uk_pte pte;

		if (uk_mm_fault(mm, address - offset, UK_PROT_WRITE))
			break;
		pte = ukplat_page_query(mm->space, address - offset, NULL);
		memcpy((u8 *)uk_page_address(pte.frame) + offset, from, part);
		from += part;
		address += part;
		size -= part;
	}
	return size;
}
