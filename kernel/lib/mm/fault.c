/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages on demand. This runs on the platform's small exception stack. */
#include <uk/errno.h>
#include <uk/string.h>

#include "pages.h"
#include "vma.h"

/* Pages of a source mapped by one read fault: those of its aligned neighbourhood. */
#define FAULT_AROUND (UK_FAULT_AROUND * UK_PAGE_SIZE)
/* Free, or nothing is mapped that was not asked for. */
#define PLENTY_PAGES 2048

/* Puts a page of the program's own at address: a copy of what *borrowed names, or zeroes. */
static int map_own(const struct uk_vma *vma, uintptr_t address, uk_paddr_t borrowed, bool present)
{
	uk_paddr_t page = borrowed ? uk_page_alloc() : uk_page_alloc_zeroed();
	u32 page_prot = mm_page_prot(vma->prot, false);
	int result;

	if (!page)
		return -ENOMEM;
	if (borrowed)
		memcpy(uk_page_address(page), uk_page_address(borrowed), UK_PAGE_SIZE);
	if (present)
		result = ukplat_page_map(address, page, page_prot);
	else
		result = mm_page_add(address, page, page_prot);
	if (result)
		uk_page_put(page);
	return result;
}

/* The source's bytes for [start, start + size) of the VMA; what lies behind them stays zero. */
static void copy_source(const struct uk_vma *vma, uintptr_t start, size_t size, uk_paddr_t to)
{
	size_t offset = start - vma->start;

	if (!vma->source.frames || offset >= vma->source.size)
		return;
	memcpy(uk_page_address(to), uk_page_address(vma->source.frames + offset),
	       MIN(size, vma->source.size - offset));
}

/*
 * Maps 2^order pages of the program's own around address at once, where all of them lie in the VMA,
 * none is there yet, and memory is plenty. False when a single page has to do. They are counted
 * from the VMA's start: few mappings begin where a larger page would.
 */
static bool map_many(const struct uk_vma *vma, uintptr_t address, unsigned int order)
{
	const size_t size = UK_PAGE_SIZE << order;
	uintptr_t start = vma->start + ALIGN_DOWN(address - vma->start, size), next = start + size;
	u32 page_prot = mm_page_prot(vma->prot, false);
	uk_paddr_t pages;

	if (start + size > vma->end || uk_page_statistics().free < PLENTY_PAGES ||
	    ukplat_page_query(start, &next).present || next < start + size)
		return false;
	pages = uk_page_alloc_zeroed_pages(order);
	if (!pages)
		return false;
	copy_source(vma, start, size, pages);
	for (size_t offset = 0; offset < size; offset += UK_PAGE_SIZE) {
		/* Only where another page table begins does one behind the first fail. */
		if (mm_page_add(start + offset, pages + offset, page_prot)) {
			for (; offset < size; offset += UK_PAGE_SIZE)
				uk_page_put(pages + offset);
			return ukplat_page_query(address, NULL).present;
		}
	}
	return true;
}

/* Maps the source's page at address in place, and its neighbours; in order, for who follows the
 * page tables by runs. */
static int map_borrowed(const struct uk_vma *vma, uintptr_t address)
{
	u32 page_prot = mm_page_prot(vma->prot, true);
	uintptr_t source_end = vma->start + MIN(vma->source.size, vma->end - vma->start);
	uintptr_t start = MAX(ALIGN_DOWN(address, FAULT_AROUND), vma->start);
	uintptr_t end = MIN(ALIGN_DOWN(address, FAULT_AROUND) + FAULT_AROUND, source_end);

	for (; start < end; start += UK_PAGE_SIZE) {
		/* All these share a page table: when the first can be had, all can. */
		if (!ukplat_page_query(start, NULL).present &&
		    mm_page_add(start, vma->source.frames + (start - vma->start), page_prot))
			return -ENOMEM;
	}
	return 0;
}

int uk_mm_fault(uintptr_t address, u32 access)
{
	const struct vma_node *node = vma_find(address);
	const struct uk_vma *vma;
	struct uk_pte pte;
	bool is_source;
	size_t offset;

	if (!node)
		return -EFAULT;
	vma = &node->vma;
	if (!(mm_page_prot(vma->prot, false) & access))
		return -EACCES;
	address = ALIGN_DOWN(address, UK_PAGE_SIZE);
	offset = address - vma->start;
	pte = ukplat_page_query(address, NULL);
	if (pte.present) {
		if (access == UK_PROT_WRITE && (pte.prot & UK_PTE_BORROWED))
			return map_own(vma, address, pte.frame, true);
		/* Mapped meanwhile (a fault within a copy): the processor sees it now. */
		return 0;
	}
	/* What can be written will be, mostly. */
	is_source = vma->source.frames && offset < vma->source.size;
	for (unsigned int order = UK_FAULT_ORDER; order > 0; order -= 2) {
		if ((!is_source || vma->prot & UK_PROT_WRITE) && map_many(vma, address, order))
			return 0;
	}
	if (!is_source)
		return map_own(vma, address, UK_PAGE_NONE, false);
	if (access == UK_PROT_WRITE)
		return map_own(vma, address, vma->source.frames + offset, false);
	return map_borrowed(vma, address);
}
