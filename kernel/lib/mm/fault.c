/* SPDX-License-Identifier: BSD-3-Clause */
/* Pages on demand. This runs on the platform's small exception stack. */
#include <uk/errno.h>
#include <uk/linux/signal.h>
#include <uk/string.h>

#include "fault.h"
#include "pages.h"
#include "source.h"
#include "vma.h"

/* Pages of a source that one read fault maps: the aligned block around the address, which is
 * smaller in data that programs access at random. */
#define FAULT_AROUND	    (UK_FAULT_AROUND * UK_PAGE_SIZE)
#define FAULT_AROUND_SPARSE (MIN(UK_FAULT_AROUND, 64) * UK_PAGE_SIZE)
/* Bytes; most likely all of a mapping of this size is used. */
#define SMALL		    (64 * UK_PAGE_SIZE)
/* Bytes; most likely the whole of a writable mapping of this size is data of a program. */
#define DATA		    (512 * UK_PAGE_SIZE)
#define COPIES_MOST	    UK_FAULT_FIRST /* pages that are copied at once */
#define TAKEN_BACK_MOST	    64UL	   /* pages that fork(2) shared, and are writable again */
#define FIRST		    (UK_FAULT_FIRST << UK_PAGE_SHIFT) /* bytes */
#define LARGE_ORDER	    9
#define LARGE		    (UK_FAULT_MOST << UK_PAGE_SHIFT) /* of a large page, bytes */
/* A block of memory that has been used again so often becomes a large page: that takes the host as
 * long as ten more uses do without it (docs/explanation/decisions/). */
#define REUSES		    10
/* If fewer pages are free, nothing is mapped that was not requested; and no more than this share of
 * the free ones at once. */
#define PLENTY_PAGES	    2048
#define PLENTY_SHARE	    16

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
		result = mm_pages_add(mm, address, frame, 1, page_prot);
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

/* Replaces present pages, which may not be written, by copies that belong to the program. */
static int replace_by_copies(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address,
			     size_t count)
{
	uk_paddr_t originals[COPIES_MOST] = {0}, copies;
	bool is_zero;
	u8 *view;

	copies = uk_page_alloc_run(UK_PAGE_NONE, &count, &is_zero);
	if (!copies)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		uintptr_t page = address + (i << UK_PAGE_SHIFT);

		originals[i] = ukplat_page_query(mm->space, page, NULL).frame;
		/* This cannot fail, because the entry exists. */
		ukplat_page_map(mm->space, page, copies + (i << UK_PAGE_SHIFT),
				mm_page_prot(vma->prot, 0));
	}
	view = ukplat_pages_view(mm->space, address);
	for (size_t i = 0; i < count; i++) {
		memcpy(view + (i << UK_PAGE_SHIFT), uk_page_address(originals[i]), UK_PAGE_SIZE);
		uk_page_put(originals[i]);
	}
	return 0;
}

static bool is_shown_in_place(const struct uk_mm *mm, uintptr_t address)
{
	const struct uk_pte pte = ukplat_page_query(mm->space, address, NULL);

	return pte.present && pte.prot & UK_PTE_COPY;
}

/* Whether a mapping has the size of a program's data, and faults cost more than copies. In smaller
 * ones, a page that the program has not written must show changes of the file. */
static bool is_data_of_program(const struct uk_vma *vma, size_t most)
{
	size_t length = vma->end - vma->start;

	return UK_FAULT_FIRST > 1 && length >= FIRST && length <= most;
}

/* Whether a page that fork(2) shared belongs to this address space alone by now. */
static bool is_own_again(const struct uk_mm *mm, uintptr_t address, uk_paddr_t *frame)
{
	const struct uk_pte pte = ukplat_page_query(mm->space, address, NULL);

	*frame = pte.frame;
	return pte.present && (pte.prot & (UK_PTE_SOURCE | UK_PTE_COPY)) == UK_PTE_COPY &&
	       !uk_page_is_shared(pte.frame);
}

/* Makes such a page and its neighbours with consecutive frames writable again. */
static void take_back(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	uintptr_t most = MIN(address + TAKEN_BACK_MOST * UK_PAGE_SIZE, vma->end);
	uintptr_t end = address + UK_PAGE_SIZE;
	uk_paddr_t first, frame;

	is_own_again(mm, address, &first);
	while (end < most && is_own_again(mm, end, &frame) && frame == first + (end - address))
		end += UK_PAGE_SIZE;
	ukplat_pages_protect(mm->space, address, (end - address) >> UK_PAGE_SHIFT,
			     mm_page_prot(vma->prot, 0));
}

/* The program writes to a page that is shown in place. Most likely it will write to its neighbours
 * too if they are data of a program, or if it has written to the page below. */
static int copy_on_write(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	uintptr_t start = address, end = address + UK_PAGE_SIZE, below = address - UK_PAGE_SIZE;
	uintptr_t block = vma->start + ALIGN_DOWN(address - vma->start, COPIES_MOST * UK_PAGE_SIZE);
	uintptr_t block_end = MIN(block + COPIES_MOST * UK_PAGE_SIZE, vma->end);
	bool is_data = is_data_of_program(vma, DATA);
	uk_paddr_t frame;

	if (is_own_again(mm, address, &frame)) {
		take_back(mm, vma, address);
		return 0;
	}
	if (uk_page_statistics().free < PLENTY_PAGES)
		return replace_by_copies(mm, vma, address, 1);
	if (is_data ||
	    (address > vma->start && is_present(mm, below) && !is_shown_in_place(mm, below))) {
		while (start > block && is_shown_in_place(mm, start - UK_PAGE_SIZE))
			start -= UK_PAGE_SIZE;
		while (end < block_end && is_shown_in_place(mm, end))
			end += UK_PAGE_SIZE;
	}
	return replace_by_copies(mm, vma, start, (end - start) >> UK_PAGE_SHIFT);
}

/* Maps a copy of the source's page. */
static int map_copy(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	uk_paddr_t frame;
	int result = mm_source_page(vma, address, false, &frame);

	if (result)
		return result;
	result = mm_pages_add(mm, address, frame, 1,
			      mm_page_prot(vma->prot, UK_PTE_SOURCE | UK_PTE_COPY));
	if (result) {
		uk_page_put(frame);
		return result;
	}
	return replace_by_copies(mm, vma, address, 1);
}

/* Fills pages with the source's bytes for [start, ...) of the VMA; zero where it has none. False if
 * they are not immediately available. */
static bool copy_source(const struct uk_vma *vma, uintptr_t start, size_t count, u8 *to)
{
	for (uintptr_t address = start; address < start + (count << UK_PAGE_SHIFT);
	     address += UK_PAGE_SIZE, to += UK_PAGE_SIZE) {
		uk_paddr_t frame;

		if (!mm_source_has(vma, address)) {
			memset(to, 0, UK_PAGE_SIZE);
			continue;
		}
		if (!mm_source_is_resident(vma, address) ||
		    mm_source_page(vma, address, false, &frame))
			return false;
		memcpy(to, uk_page_address(frame), UK_PAGE_SIZE);
		uk_page_put(frame);
	}
	return true;
}

/* Absent pages that are mapped along with the one that the program touched. */
struct batch {
	uintptr_t start;
	size_t count;
	uk_paddr_t wanted; /* the frame that continues those of its neighbours, or UK_PAGE_NONE */
};

/*
 * Maps pages of the program's own. 0; -ENOMEM; or -EAGAIN if the source is not immediately
 * available. There may be fewer frames in a row than pages; address is always among those mapped.
 */
static int map_batch(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address,
		     struct batch batch)
{
	bool is_zero;
	uk_paddr_t frames = uk_page_alloc_run(batch.wanted, &batch.count, &is_zero);
	u8 *view;

	if (!frames)
		return -ENOMEM;
	if (batch.start + (batch.count << UK_PAGE_SHIFT) <= address)
		batch.start = address - ((batch.count - 1) << UK_PAGE_SHIFT);
	if (mm_pages_add(mm, batch.start, frames, batch.count, mm_page_prot(vma->prot, 0))) {
		uk_page_put_run(frames, batch.count);
		return -ENOMEM;
	}
	if (is_zero && !mm_source_has(vma, batch.start))
		return 0;
	view = ukplat_pages_view(mm->space, batch.start);
	if (batch.count == UK_FAULT_MOST && IS_ALIGNED(frames, LARGE) &&
	    IS_ALIGNED(batch.start, LARGE) && uk_page_reuses(frames) == REUSES)
		ukplat_pages_collapse(mm->space, batch.start);
	if (!mm_source_has(vma, batch.start)) {
		memset(view, 0, batch.count << UK_PAGE_SHIFT);
	} else if (!copy_source(vma, batch.start, batch.count, view)) {
		mm_pages_drop(mm, batch.start, batch.start + (batch.count << UK_PAGE_SHIFT), false);
		return -EAGAIN;
	}
	return 0;
}

/* The number of pages, at most `most`, that are present next to address in one direction (step: a
 * page or minus one), as a power of two, or 0. Looks at some of them only. */
static size_t streak(const struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address, long step,
		     size_t most)
{
	size_t pages = 0;

	for (size_t next = 1; next <= most; next *= 2) {
		uintptr_t neighbour = address + (uintptr_t)((long)next * step);

		if (neighbour < vma->start || neighbour >= vma->end || !is_present(mm, neighbour))
			break;
		pages = next;
	}
	return pages;
}

/* Shortens a batch to the pages around address that are absent. */
static void clip(const struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address,
		 struct batch *batch)
{
	uintptr_t start = MAX(batch->start, vma->start), next = start;
	uintptr_t end = MIN(batch->start + (batch->count << UK_PAGE_SHIFT), vma->end);
	struct uk_pte pte;
	size_t count;

	while ((count = ukplat_pages_find(mm->space, &next, end, &pte))) {
		if (next > address) {
			end = next;
			break;
		}
		next += count << UK_PAGE_SHIFT;
		start = next;
	}
	batch->start = start;
	batch->count = (end - start) >> UK_PAGE_SHIFT;
}

/* Whether the program has touched a page of the block around address. */
static bool is_in_touched_block(const struct uk_mm *mm, const struct uk_vma *vma, uintptr_t block)
{
	uintptr_t start = MAX(block, vma->start);
	struct uk_pte pte;

	return ukplat_pages_find(mm->space, &start, MIN(block + FIRST, vma->end), &pte);
}

/* The frame that a batch should begin with, so that runs become long and can be large pages. */
static uk_paddr_t wanted_frame(const struct uk_mm *mm, const struct uk_vma *vma,
			       const struct batch *batch)
{
	const struct uk_pte before =
		ukplat_page_query(mm->space, batch->start - UK_PAGE_SIZE, NULL);
	uintptr_t offset = batch->start % LARGE;
	uk_paddr_t block;

	if (before.present && batch->start > vma->start && !(before.prot & UK_PTE_SOURCE) &&
	    (before.frame + UK_PAGE_SIZE) % LARGE == offset)
		return before.frame + UK_PAGE_SIZE;
	if (batch->count == 1 || ALIGN_DOWN(batch->start, LARGE) + LARGE > vma->end)
		return before.present ? before.frame + UK_PAGE_SIZE : UK_PAGE_NONE;
	block = uk_page_find_block(LARGE_ORDER);
	return block ? block + offset : UK_PAGE_NONE;
}

/* Pages to map at the start of a mapping: more of a large one, if there is memory that the host
 * does not have to supply first. */
static size_t first_pages(const struct uk_vma *vma)
{
	size_t share = (vma->end - vma->start) >> UK_PAGE_SHIFT >> 2;

	if (uk_page_statistics().kept < PLENTY_PAGES || share <= UK_FAULT_FIRST)
		return UK_FAULT_FIRST;
	return MIN(share, 4 * UK_FAULT_FIRST);
}

/*
 * Chooses what to map when the program touches address, by what it has touched before: as many
 * pages as there are in sequence below or (as in stacks) above it; some at the start of a mapping,
 * or where it touches pages nearby in any order; otherwise one. `ahead`: this number of pages from
 * address on will be used.
 */
static struct batch choose_batch(const struct uk_mm *mm, const struct uk_vma *vma,
				 uintptr_t address, size_t ahead)
{
	size_t free = uk_page_statistics().free;
	size_t most = free < PLENTY_PAGES ? 1 : MIN(UK_FAULT_MOST, free / PLENTY_SHARE);
	size_t below = streak(mm, vma, address, -(long)UK_PAGE_SIZE, most);
	size_t above = below ? 0 : streak(mm, vma, address, UK_PAGE_SIZE, most);
	struct batch batch = {.start = address, .count = MAX(below, ahead)};
	uintptr_t block = ALIGN_DOWN(address, FIRST);
	size_t rest;

	if (above > ahead) {
		batch.count = MIN(above, most);
		batch.start = address - ((batch.count - 1) << UK_PAGE_SHIFT);
	} else if (!below && address - vma->start < FIRST) {
		batch.count = MAX(ahead, first_pages(vma));
	} else if (below < UK_FAULT_FIRST && ahead < UK_FAULT_FIRST && most >= UK_FAULT_FIRST &&
		   is_in_touched_block(mm, vma, block)) {
		batch.start = block;
		batch.count = UK_FAULT_FIRST;
	}
	batch.count = MIN(batch.count ? batch.count : 1, most);
	/* A remainder is not worth another fault. */
	rest = (vma->end - batch.start) >> UK_PAGE_SHIFT;
	if (batch.start == address && batch.count > 1 && rest <= batch.count + batch.count / 2)
		batch.count = MIN(rest, most);
	/* Large batches end where large pages do. */
	if (batch.start == address && batch.count >= UK_FAULT_MOST / 2)
		batch.count = MIN(batch.count, (LARGE - address % LARGE) >> UK_PAGE_SHIFT);
	clip(mm, vma, address, &batch);
	batch.wanted = wanted_frame(mm, vma, &batch);
	return batch;
}

/* Maps the block of a small mapping that contains address, with copies of its source. */
static int map_block(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	struct batch batch = {.start = address, .count = 1};

	if (uk_page_statistics().free >= PLENTY_PAGES) {
		batch.start = vma->start + ALIGN_DOWN(address - vma->start, FIRST);
		batch.count = UK_FAULT_FIRST;
		clip(mm, vma, address, &batch);
	}
	return map_batch(mm, vma, address, batch);
}

/* Maps a run of the source's pages, whose references go to the page tables. 0 or -ENOMEM. */
static int put_run(struct uk_mm *mm, const struct uk_vma *vma, const struct batch *run,
		   uk_paddr_t frame)
{
	int result = 0;

	if (run->count)
		result = mm_pages_add(mm, run->start, frame, run->count,
				      mm_page_prot(vma->prot, UK_PTE_SOURCE | UK_PTE_COPY));
	if (result)
		uk_page_put_run(frame, run->count);
	return result;
}

/* Maps the source's page at address in place, and those of its neighbours that are resident. */
static int map_source(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	bool is_dense = vma->prot & UK_PROT_EXEC || vma->end - vma->start <= SMALL ||
			is_in_sequence(mm, vma, address);
	size_t size = is_dense ? FAULT_AROUND : FAULT_AROUND_SPARSE;
	uintptr_t start = MAX(ALIGN_DOWN(address, size), vma->start);
	uintptr_t end = MIN(ALIGN_DOWN(address, size) + size, vma->end);
	uk_paddr_t wanted, frame, first = UK_PAGE_NONE;
	struct batch run = {0};
	/* First, because a device may supply its neighbours along with it. */
	int result = mm_source_page(vma, address, false, &wanted);

	if (result)
		return result;
	for (; !result && start < end; start += UK_PAGE_SIZE) {
		if (start == address)
			frame = wanted;
		else if (is_present(mm, start) || !mm_source_is_resident(vma, start) ||
			 mm_source_page(vma, start, false, &frame))
			continue;
		if (run.count && start == run.start + (run.count << UK_PAGE_SHIFT) &&
		    frame == first + (run.count << UK_PAGE_SHIFT)) {
			run.count++;
			continue;
		}
		result = put_run(mm, vma, &run, first);
		run = (struct batch){.start = start, .count = 1};
		first = frame;
		if (result)
			uk_page_put(frame);
	}
	if (!result)
		return put_run(mm, vma, &run, first);
	/* Without memory for a page table. */
	if (start <= address)
		uk_page_put(wanted);
	return result;
}

/*
 * Maps the file's own page for writing, and some following pages, for programs that fill a file
 * sequentially.
 */
static int map_shared(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address)
{
	u32 page_prot = mm_page_prot(vma->prot, UK_PTE_SOURCE);
	bool many = is_in_sequence(mm, vma, address) && uk_page_statistics().free >= PLENTY_PAGES;
	uintptr_t end = address + (many ? UK_PAGE_SIZE * UK_FAULT_FIRST : UK_PAGE_SIZE);
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

/* Whether the pages around one that is read or written will most likely be written: the data of
 * programs and libraries. */
static bool will_be_written(const struct uk_vma *vma, u32 access)
{
	return vma->prot & UK_PROT_WRITE &&
	       is_data_of_program(vma, access == UK_PROT_WRITE ? DATA : SMALL);
}

static int map_absent(struct uk_mm *mm, const struct uk_vma *vma, uintptr_t address, u32 access,
		      size_t ahead)
{
	int result;

	if (vma->source.file && vma->flags & UK_VMA_SHARED)
		return access == UK_PROT_WRITE ? map_shared(mm, vma, address)
					       : map_source(mm, vma, address);
	if (!mm_source_has(vma, address))
		return map_batch(mm, vma, address, choose_batch(mm, vma, address, ahead));
	if (access != UK_PROT_WRITE && !will_be_written(vma, access))
		return map_source(mm, vma, address);
	if (will_be_written(vma, access))
		result = map_block(mm, vma, address);
	else if (is_in_sequence(mm, vma, address))
		result = map_batch(mm, vma, address, choose_batch(mm, vma, address, ahead));
	else
		result = -EAGAIN;
	if (result == 0)
		return 0;
	return access == UK_PROT_WRITE ? map_copy(mm, vma, address) : map_source(mm, vma, address);
}

int mm_fault(struct uk_mm *mm, uintptr_t address, u32 access, size_t ahead)
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
		return map_absent(mm, vma, address, access, ahead);
	/* Otherwise it was mapped meanwhile (a fault during a copy), and the processor can use it
	 * now. */
	if (access != UK_PROT_WRITE || !(pte.prot & UK_PTE_COPY))
		return 0;
	if (vma->source.file && vma->flags & UK_VMA_SHARED)
		return map_shared(mm, vma, address);
	return copy_on_write(mm, vma, address);
}

int uk_mm_fault(struct uk_mm *mm, uintptr_t address, u32 access)
{
	return mm_fault(mm, address, access, 1);
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
