/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages on demand. This runs on the platform's small exception stack. */
#include <uk/errno.h>
#include <uk/linux/signal.h>
#include <uk/string.h>

#include "pages.h"
#include "source.h"
#include "vma.h"

/* Pages of a source that one read fault maps: the aligned block around the address, which is
 * smaller in data that programs access at random. */
#define FAULT_AROUND	    (UK_FAULT_AROUND * UK_PAGE_SIZE)
#define FAULT_AROUND_SPARSE (MIN(UK_FAULT_AROUND, 16) * UK_PAGE_SIZE)
/* Bytes; most likely all of a mapping of this size is used. */
#define SMALL		    (64 * UK_PAGE_SIZE)
/* If fewer pages are free, nothing is mapped that was not requested. */
#define PLENTY_PAGES	    2048

static bool is_present(const struct uk_mm *mm, uintptr_t address)
{
	return ukplat_page_query(mm->space, address, NULL).present;
}

/* Maps a frame, whose reference goes to the page tables, replacing any present page. */
static int put_in_place(struct uk_mm *mm, uintptr_t address, uk_paddr_t frame, u32 page_prot)
{
	struct uk_pte pte = ukplat_page_query(mm->space, address, NULL);
	int result;

	if (pte.present)
		result = ukplat_page_map(mm->space, address, frame, page_prot);
	else
		result = mm_page_add(mm, address, frame, page_prot);
	if (result)
		uk_page_put(frame);
	else if (pte.present)
		uk_page_put(pte.frame);
	return result;
}

/* Whether the previous page is present, as in a sequential access to the mapping. */
static bool is_in_sequence(const struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	return address > vma->start && is_present(mm, address - UK_PAGE_SIZE);
}

/* Maps a page of the program's own at address: a copy of the frame original, or zeroes. */
static int map_own(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address,
		   uk_paddr_t original)
{
	uk_paddr_t page = original ? uk_page_alloc() : uk_page_alloc_zeroed();

	if (!page)
		return -ENOMEM;
	if (original)
		memcpy(uk_page_address(page), uk_page_address(original), UK_PAGE_SIZE);
	return put_in_place(mm, address, page, mm_page_prot(vma->prot, 0));
}

static int map_copy(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	uk_paddr_t frame;
	int result = mm_source_page(vma, address, false, &frame);

	if (result)
		return result;
	result = map_own(mm, vma, address, frame);
	uk_page_put(frame);
	return result;
}

/* Copies the source's bytes for [start, start + size) of the VMA; what is past its end stays zero.
 * False if they are not immediately available. */
static bool copy_source(const struct uk_vma *vma, uintptr_t start, size_t size, uk_paddr_t to)
{
	for (size_t offset = 0; offset < size; offset += UK_PAGE_SIZE) {
		uk_paddr_t frame;

		if (!mm_source_has(vma, start + offset))
			return true;
		if (!mm_source_is_resident(vma, start + offset) ||
		    mm_source_page(vma, start + offset, false, &frame))
			return false;
		memcpy(uk_page_address(to + offset), uk_page_address(frame), UK_PAGE_SIZE);
		uk_page_put(frame);
	}
	return true;
}

static void put_pages(uk_paddr_t pages, size_t size)
{
	for (size_t offset = 0; offset < size; offset += UK_PAGE_SIZE)
		uk_page_put(pages + offset);
}

/*
 * Maps 2^order pages of the program's own around address at once, if all of them are in the VMA,
 * none is present yet, and memory is plentiful. False: map a single page instead. Blocks are
 * aligned to the VMA's start, because few mappings begin at the boundary of a larger page.
 */
static bool map_many(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address,
		     unsigned int order)
{
	const size_t size = UK_PAGE_SIZE << order;
	uintptr_t start = vma->start + ALIGN_DOWN(address - vma->start, size), next = start + size;
	u32 page_prot = mm_page_prot(vma->prot, 0);
	uk_paddr_t pages;

	if (start + size > vma->end || uk_page_statistics().free < PLENTY_PAGES ||
	    ukplat_page_query(mm->space, start, &next).present || next < start + size)
		return false;
	pages = uk_page_alloc_zeroed_pages(order);
	if (!pages)
		return false;
	if (!copy_source(vma, start, size, pages)) {
		put_pages(pages, size);
		return false;
	}
	for (size_t offset = 0; offset < size; offset += UK_PAGE_SIZE) {
		/* A page after the first one can only fail where another page table begins. */
		if (mm_page_add(mm, start + offset, pages + offset, page_prot)) {
			put_pages(pages + offset, size - offset);
			return is_present(mm, address);
		}
	}
	return true;
}

/* Maps the source's page at address in place, and those of its neighbours that are resident; in
 * ascending order, for platforms that follow the page tables in runs. */
static int map_source(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	u32 page_prot = mm_page_prot(vma->prot, UK_PTE_SOURCE | UK_PTE_COPY);
	bool is_dense = vma->prot & UK_PROT_EXEC || vma->end - vma->start <= SMALL ||
			is_in_sequence(mm, vma, address);
	size_t size = is_dense ? FAULT_AROUND : FAULT_AROUND_SPARSE;
	uintptr_t start = MAX(ALIGN_DOWN(address, size), vma->start);
	uintptr_t end = MIN(ALIGN_DOWN(address, size) + size, vma->end);
	uk_paddr_t wanted, frame;
	/* First, because a device may supply its neighbours along with it. */
	int result = mm_source_page(vma, address, false, &wanted);

	if (result)
		return result;
	for (; start < end; start += UK_PAGE_SIZE) {
		if (start == address)
			frame = wanted;
		else if (is_present(mm, start) || !mm_source_is_resident(vma, start) ||
			 mm_source_page(vma, start, false, &frame))
			continue;
		result = put_in_place(mm, start, frame, page_prot);
		/* All of these share a page table: if the first can be mapped, all can. */
		if (result) {
			if (start < address)
				uk_page_put(wanted);
			return result;
		}
	}
	return 0;
}

/*
 * Maps the file's own page for writing, and some following pages, for programs that fill a file
 * sequentially.
 */
static int map_shared(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	u32 page_prot = mm_page_prot(vma->prot, UK_PTE_SOURCE);
	bool many = is_in_sequence(mm, vma, address) && uk_page_statistics().free >= PLENTY_PAGES;
	uintptr_t end = address + (many ? UK_PAGE_SIZE << UK_FAULT_ORDER : UK_PAGE_SIZE);
	uk_paddr_t frame;
	int result = mm_source_page(vma, address, true, &frame);

	if (result == 0)
		result = put_in_place(mm, address, frame, page_prot);
	for (address += UK_PAGE_SIZE;
	     !result && address < MIN(end, vma->end) && !is_present(mm, address) &&
	     mm_source_page(vma, address, true, &frame) == 0;
	     address += UK_PAGE_SIZE) {
		if (put_in_place(mm, address, frame, page_prot))
			break;
	}
	return result;
}

/* Whether writes to the same area will most likely follow a read of the source: the data of
 * programs and libraries. */
static bool will_be_written(const struct uk_vma *vma)
{
	return vma->prot & UK_PROT_WRITE && vma->end - vma->start <= SMALL;
}

static int map_absent(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address, u32 access)
{
	bool has_source = mm_source_has(vma, address), many;

	if (vma->source.file && vma->flags & UK_VMA_SHARED)
		return access == UK_PROT_WRITE ? map_shared(mm, vma, address)
					       : map_source(mm, vma, address);
	if (has_source && access != UK_PROT_WRITE && !will_be_written(vma))
		return map_source(mm, vma, address);
	many = !has_source || will_be_written(vma) || is_in_sequence(mm, vma, address);
	for (unsigned int order = UK_FAULT_ORDER; order > 0 && many; order -= 2) {
		if (map_many(mm, vma, address, order))
			return 0;
	}
	if (!has_source)
		return map_own(mm, vma, address, UK_PAGE_NONE);
	return access == UK_PROT_WRITE ? map_copy(mm, vma, address) : map_source(mm, vma, address);
}

int uk_mm_fault(struct uk_mm *mm, uintptr_t address, u32 access)
{
	const struct vma_node *node = vma_find(mm, address);
	const struct uk_vma *vma;
	struct uk_pte pte;

	if (!node)
		return -EFAULT;
	vma = &node->vma;
	if (!(mm_page_prot(vma->prot, 0) & access))
		return -EACCES;
	address = ALIGN_DOWN(address, UK_PAGE_SIZE);
	pte = ukplat_page_query(mm->space, address, NULL);
	if (!pte.present)
		return map_absent(mm, vma, address, access);
	/* Otherwise it was mapped meanwhile (a fault during a copy), and the processor can use it
	 * now. */
	if (access != UK_PROT_WRITE || !(pte.prot & UK_PTE_COPY))
		return 0;
	if (vma->source.file && vma->flags & UK_VMA_SHARED)
		return map_shared(mm, vma, address);
	return map_own(mm, vma, address, pte.frame);
}

int uk_mm_fault_signal(int result, int *code)
{
	if (result == -EFAULT || result == -EACCES) {
		*code = result == -EACCES ? SEGV_ACCERR : SEGV_MAPERR;
		return SIGSEGV;
	}
	*code = BUS_ADRERR;
	return SIGBUS;
}
