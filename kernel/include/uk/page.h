/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page frames: the physical memory of the machine, in 4 KiB units and power-of-two blocks.
 *
 * lib/pagealloc owns all frames. It receives memory in ranges at boot and initialises it lazily, so
 * that the cost of a boot does not grow with the memory.
 */
#ifndef UK_PAGE_H
#define UK_PAGE_H

#include <uk/essentials.h>

#ifdef UK_HOSTED
#define UK_MEMORY_IS_ZERO false
#define UK_FAULT_AROUND	  16
#define UK_FAULT_FIRST	  4UL
#define UK_FAULT_MOST	  512UL
#define UK_LARGE_PAGES	  true
#define UK_LOAD_IN_PLACE  16
#define UK_LOAD_OWN	  4
#else
#include <uk/address_space.h>
#endif

typedef u64 uk_paddr_t;

#define UK_PAGE_NONE ((uk_paddr_t)0) /* frame 0 is never allocated */

/* Adds [start, end), rounded inwards to pages. Called at boot, at most UK_PAGE_RANGES_MAX times. */
#define UK_PAGE_RANGES_MAX 16
void uk_page_add_range(uk_paddr_t start, uk_paddr_t end);

/* Allocates a block of 2^order pages, aligned to its size, contents unspecified; UK_PAGE_NONE if
 * none is left. Highest order: UK_PAGE_ORDER_MAX. A new block has one reference. */
#define UK_PAGE_ORDER_MAX 10
uk_paddr_t uk_page_alloc_order(unsigned int order);
void uk_page_free_order(uk_paddr_t block, unsigned int order);

/* One page. */
uk_paddr_t uk_page_alloc(void);
uk_paddr_t uk_page_alloc_zeroed(void);
/*
 * Allocates consecutive pages, each with its own reference: from `wanted` on if that page is free,
 * otherwise (or if it is UK_PAGE_NONE) anywhere; at the start of a block aligned to its size, if
 * the number is a power of two. *count: at most this many, afterwards the number. *is_zero: false
 * if the contents are unspecified. Returns the first page; UK_PAGE_NONE if none is left.
 */
uk_paddr_t uk_page_alloc_run(uk_paddr_t wanted, size_t *count, bool *is_zero);
/* Finds a free block of 2^order pages, aligned to its size, without allocating it. UK_PAGE_NONE if
 * none is left. */
uk_paddr_t uk_page_find_block(unsigned int order);
/* How often the block of 512 pages, aligned to its size, has been allocated again as a run. */
unsigned int uk_page_reuses(uk_paddr_t first);
/*
 * Gives memory that was used before back to the host, while more than `keep` pages are kept, up to
 * about `most` pages: calls give() for free blocks of at least 2 MiB, which contain zeroes
 * afterwards. give() returns false to stop.
 */
void uk_page_give_back(size_t keep, size_t most, bool (*give)(uk_paddr_t start, size_t size));
/* Allocates 2^order consecutive zeroed pages, each with its own reference. */
uk_paddr_t uk_page_alloc_zeroed_pages(unsigned int order);
/* Shared frames (copy on write, files): a frame is freed when its last reference is put. For frames
 * that the allocator does not own (the initial ramdisk's), both do nothing. */
void uk_page_get(uk_paddr_t page);
void uk_page_put(uk_paddr_t page);
/* The same for count consecutive pages. */
void uk_page_get_run(uk_paddr_t first, size_t count);
void uk_page_put_run(uk_paddr_t first, size_t count);
/* Whether there are other references than one; true for frames that the allocator does not own. */
bool uk_page_is_shared(uk_paddr_t page);

/* 16 bits that belong to the holder of an allocated page (page tables count their entries). */
u16 uk_page_user_count(uk_paddr_t page);
void uk_page_set_user_count(uk_paddr_t page, u16 count);

struct uk_page_statistics {
	size_t total; /* pages ever added */
	size_t free;
	size_t peak; /* most pages in use at once */
	size_t kept; /* free pages, in blocks of 2 MiB or more, that were used before */
};
struct uk_page_statistics uk_page_statistics(void);

/* The kernel's view of a frame (direct map); defined by the platform. */
#ifdef UK_HOSTED
static inline void *uk_page_address(uk_paddr_t page)
{
	return (void *)(uintptr_t)page;
}
static inline uk_paddr_t uk_page_from_address(const void *address)
{
	return (uk_paddr_t)(uintptr_t)address;
}
#else
static inline void *uk_page_address(uk_paddr_t page)
{
	return (void *)(uintptr_t)(UK_DIRECT_MAP + page);
}
static inline uk_paddr_t uk_page_from_address(const void *address)
{
	return (uk_paddr_t)((uintptr_t)address - UK_DIRECT_MAP);
}
#endif

#endif
