/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A buddy allocator over ranges of memory that are initialised chunk by chunk as memory is needed:
 * memory past a range's frontier costs nothing. Single pages go through a small stack in front of
 * it.
 *
 * Each page has twelve bytes of metadata at the start of its range. Free pages are never touched,
 * because the host has to supply a page that is touched.
 */
#include <uk/assert.h>
#include <uk/page.h>
#include <uk/string.h>

#define ORDERS	       (UK_PAGE_ORDER_MAX + 1)
#define CHUNK_SIZE     (2UL << 20)
#define CACHE_PAGES    32
#define REFILL_ORDER   3 /* of the blocks that refill the stack */
/* How much shorter a run may be, in orders, if its pages were used before. */
#define SHORTER_ORDERS 3

/* A page in the stack has neither references nor the free mark, so it is not merged with its
 * buddy. */
struct page {
	union {
		struct {
			u32 references;
			u16 user_count;
		};
		struct {
			u32 next, previous; /* in the free list: links */
		};
	};
	u8 order; /* of the block that starts here */
	u8 free;  /* the block that starts here is in a free list */
};

struct range {
	uk_paddr_t start, end; /* the pages that can be allocated */
	uk_paddr_t frontier;   /* nothing from here on is initialised */
	uk_paddr_t used;       /* nothing from here on was ever allocated */
	struct page *pages;    /* metadata of start and the following pages */
};

static struct range ranges[UK_PAGE_RANGES_MAX];
static unsigned int range_count;
static u32 free_blocks[ORDERS]; /* links; 0: the list is empty */
static uk_paddr_t cache[CACHE_PAGES];
static unsigned int cache_count;
static struct uk_page_statistics statistics;

static size_t block_size(unsigned int order)
{
	return UK_PAGE_SIZE << order;
}

static struct range *find_range(uk_paddr_t page)
{
	for (struct range *range = ranges; range < ranges + range_count; range++) {
		if (page - range->start < range->frontier - range->start)
			return range;
	}
	return NULL;
}

static struct range *range_of(uk_paddr_t page)
{
	struct range *range = find_range(page);

	if (range)
		return range;
	UK_PANIC("page 0x%lx does not belong to the allocator", (unsigned long)page);
}

static struct page *page_in(const struct range *range, uk_paddr_t page)
{
	return &range->pages[(page - range->start) >> UK_PAGE_SHIFT];
}

static struct page *page_of(uk_paddr_t page)
{
	return page_in(range_of(page), page);
}

/* A link is the lower half of a page's number, so all pages must be within 8 TiB of the first one.
 */
static u32 link_to(uk_paddr_t page)
{
	return (u32)(page >> UK_PAGE_SHIFT);
}

static uk_paddr_t follow(u32 link)
{
	u64 origin = ranges[0].start >> UK_PAGE_SHIFT;

	return (origin + (u64)(s64)(s32)(link - (u32)origin)) << UK_PAGE_SHIFT;
}

static void insert(const struct range *range, uk_paddr_t address, unsigned int order)
{
	struct page *page = page_in(range, address);

	page->free = 1;
	page->order = (u8)order;
	page->previous = 0;
	page->next = free_blocks[order];
	if (page->next)
		page_of(follow(page->next))->previous = link_to(address);
	free_blocks[order] = link_to(address);
}

static void detach(struct page *page)
{
	page->free = 0;
	if (page->next)
		page_of(follow(page->next))->previous = page->previous;
	if (page->previous)
		page_of(follow(page->previous))->next = page->next;
	else
		free_blocks[page->order] = page->next;
}

/* Frees a block and merges it with its free buddies. */
static void release(const struct range *range, uk_paddr_t address, unsigned int order)
{
	while (order < UK_PAGE_ORDER_MAX) {
		uk_paddr_t buddy = address ^ block_size(order);
		struct page *page;

		if (buddy < range->start || buddy + block_size(order) > range->frontier)
			break;
		page = page_in(range, buddy);
		if (!page->free || page->order != order)
			break;
		detach(page);
		address = MIN(address, buddy);
		order++;
	}
	insert(range, address, order);
}

/* The order of the largest aligned block that starts at `from` and ends by `to`. */
static unsigned int largest_order(uk_paddr_t from, uk_paddr_t to)
{
	unsigned int order = 0;

	while (order < UK_PAGE_ORDER_MAX && IS_ALIGNED(from, block_size(order + 1)) &&
	       from + block_size(order + 1) <= to)
		order++;
	return order;
}

/* Frees [from, to). */
static void release_span(const struct range *range, uk_paddr_t from, uk_paddr_t to)
{
	while (from < to) {
		unsigned int order = largest_order(from, to);

		release(range, from, order);
		from += block_size(order);
	}
}

/* Initialises the next chunk of some range. False if everything is initialised. */
static bool advance_frontier(void)
{
	struct range *range = ranges;
	uk_paddr_t from, to;

	while (range < ranges + range_count && range->frontier == range->end)
		range++;
	if (range == ranges + range_count)
		return false;
	from = range->frontier;
	to = MIN(range->end, ALIGN_DOWN(from, CHUNK_SIZE) + CHUNK_SIZE);
	range->frontier = to;
	memset(page_in(range, from), 0, ((to - from) >> UK_PAGE_SHIFT) * sizeof(struct page));
	release_span(range, from, to);
	return true;
}

void uk_page_add_range(uk_paddr_t start, uk_paddr_t end)
{
	struct range *range = &ranges[range_count];
	size_t metadata;

	/* Frame 0 is not used (UK_PAGE_NONE). */
	start = ALIGN_UP(MAX(start, UK_PAGE_SIZE), UK_PAGE_SIZE);
	end = ALIGN_DOWN(end, UK_PAGE_SIZE);
	/* A range must have room for its metadata and at least one page. */
	if (end <= start || end - start < 2 * UK_PAGE_SIZE || range_count == UK_PAGE_RANGES_MAX)
		return;
	metadata = ALIGN_UP(((end - start) >> UK_PAGE_SHIFT) * sizeof(struct page), UK_PAGE_SIZE);
	range->pages = uk_page_address(start);
	range->start = range->frontier = range->used = start + metadata;
	range->end = end;
	range_count++;
	statistics.total += (end - range->start) >> UK_PAGE_SHIFT;
	statistics.free += (end - range->start) >> UK_PAGE_SHIFT;
}

static void drain_cache(void)
{
	while (cache_count > 0) {
		uk_paddr_t page = cache[--cache_count];

		release(range_of(page), page, 0);
	}
}

static uk_paddr_t take_block(unsigned int order)
{
	unsigned int from = order;
	const struct range *range;
	uk_paddr_t address;

	while (from < ORDERS && !free_blocks[from])
		from++;
	if (from == ORDERS)
		return UK_PAGE_NONE;
	address = follow(free_blocks[from]);
	range = range_of(address);
	detach(page_in(range, address));
	/* Keep the lower half, free the upper one. */
	while (from > order) {
		from--;
		insert(range, address + block_size(from), from);
	}
	return address;
}

/* False if no page is left. */
static bool refill_cache(void)
{
	do {
		for (unsigned int order = REFILL_ORDER + 1; order-- > 0;) {
			uk_paddr_t block = take_block(order);

			if (!block)
				continue;
			/* The lowest page ends up on top. */
			for (size_t i = 1UL << order; i-- > 0;)
				cache[cache_count++] = block + i * UK_PAGE_SIZE;
			return true;
		}
	} while (advance_frontier());
	return false;
}

/* Counts `count` pages as allocated; returns how many of them, from the first on, may have been
 * used before. */
static size_t count_taken(struct range *range, uk_paddr_t first, size_t count)
{
	uk_paddr_t end = first + (count << UK_PAGE_SHIFT);
	size_t used_before = 0, used;

	if (first < range->used)
		used_before = (MIN(end, range->used) - first) >> UK_PAGE_SHIFT;
	range->used = MAX(range->used, end);
	statistics.free -= count;
	used = statistics.total - statistics.free;
	statistics.peak = MAX(statistics.peak, used);
	return UK_MEMORY_IS_ZERO ? used_before : count;
}

/* Returns whether the contents may be other than zero. */
static bool mark_taken(uk_paddr_t block, unsigned int order)
{
	struct range *range = range_of(block);

	*page_in(range, block) = (struct page){.references = 1, .order = (u8)order};
	return count_taken(range, block, 1UL << order) != 0;
}

static uk_paddr_t find_block(unsigned int order)
{
	uk_paddr_t block = take_block(order);

	while (!block && advance_frontier())
		block = take_block(order);
	if (!block && cache_count) {
		drain_cache();
		block = take_block(order);
	}
	return block;
}

static uk_paddr_t find_page(void)
{
	return cache_count || refill_cache() ? cache[--cache_count] : UK_PAGE_NONE;
}

uk_paddr_t uk_page_alloc_order(unsigned int order)
{
	uk_paddr_t block = order <= UK_PAGE_ORDER_MAX ? find_block(order) : UK_PAGE_NONE;

	if (block)
		mark_taken(block, order);
	return block;
}

uk_paddr_t uk_page_alloc(void)
{
	uk_paddr_t page = find_page();

	if (page)
		mark_taken(page, 0);
	return page;
}

static void make_zero(uk_paddr_t block, unsigned int order)
{
	if (mark_taken(block, order))
		memset(uk_page_address(block), 0, block_size(order));
}

uk_paddr_t uk_page_alloc_zeroed(void)
{
	uk_paddr_t page = find_page();

	if (page)
		make_zero(page, 0);
	return page;
}

uk_paddr_t uk_page_alloc_zeroed_pages(unsigned int order)
{
	uk_paddr_t block = order <= UK_PAGE_ORDER_MAX ? find_block(order) : UK_PAGE_NONE;
	struct page *page;

	if (!block)
		return UK_PAGE_NONE;
	make_zero(block, order);
	page = page_of(block);
	for (size_t i = 0; i < 1UL << order; i++)
		page[i] = (struct page){.references = 1};
	return block;
}

/* Takes up to count pages that begin at first, if that is free. Returns the number of pages. */
static size_t take_at(uk_paddr_t first, size_t count)
{
	const struct range *range = find_range(first);

	for (unsigned int order = 0; range && order < ORDERS; order++) {
		uk_paddr_t block = ALIGN_DOWN(first, block_size(order));
		uk_paddr_t block_end = block + block_size(order), end;
		struct page *page;

		if (block < range->start || block_end > range->frontier)
			break;
		page = page_in(range, block);
		if (!page->free || page->order != order)
			continue;
		end = MIN(block_end, first + (count << UK_PAGE_SHIFT));
		detach(page);
		release_span(range, block, first);
		release_span(range, end, block_end);
		return (end - first) >> UK_PAGE_SHIFT;
	}
	return 0;
}

/* Takes up to *count pages from any block. */
static uk_paddr_t take_anywhere(size_t *count)
{
	unsigned int highest = 0, order;
	uk_paddr_t block;

	while (highest < UK_PAGE_ORDER_MAX && 1UL << highest < *count)
		highest++;
	/* A shorter run of pages that were used before is preferred to memory that the host has yet
	 * to supply. */
	order = highest;
	block = take_block(order);
	while (!block && order > 0 && highest - order < SHORTER_ORDERS)
		block = take_block(--order);
	if (!block) {
		order = highest;
		block = find_block(order);
		while (!block && order > 0)
			block = find_block(--order);
	}
	if (!block)
		return UK_PAGE_NONE;
	*count = MIN(*count, 1UL << order);
	release_span(range_of(block), block + (*count << UK_PAGE_SHIFT), block + block_size(order));
	return block;
}

uk_paddr_t uk_page_alloc_run(uk_paddr_t wanted, size_t *count, size_t *used)
{
	size_t there = wanted ? take_at(wanted, *count) : 0;
	uk_paddr_t first = there ? wanted : take_anywhere(count);
	struct range *range;
	struct page *page;

	if (!first)
		return UK_PAGE_NONE;
	if (there)
		*count = there;
	range = range_of(first);
	page = page_in(range, first);
	for (size_t i = 0; i < *count; i++)
		page[i] = (struct page){.references = 1};
	*used = count_taken(range, first, *count);
	return first;
}

void uk_page_get(uk_paddr_t page)
{
	const struct range *range = find_range(page);

	if (range)
		page_in(range, page)->references++;
}

void uk_page_put(uk_paddr_t address)
{
	const struct range *range = find_range(address);
	struct page *page;

	if (!range)
		return;
	page = page_in(range, address);
	UK_ASSERT(page->references > 0);
	if (--page->references)
		return;
	statistics.free += 1UL << page->order;
	if (page->order == 0 && cache_count < CACHE_PAGES)
		cache[cache_count++] = address;
	else
		release(range, address, page->order);
}

void uk_page_put_run(uk_paddr_t first, size_t count)
{
	const struct range *range = find_range(first);
	uk_paddr_t end = first + (count << UK_PAGE_SHIFT), from = first;

	if (!range)
		return;
	for (uk_paddr_t address = first; address < end; address += UK_PAGE_SIZE) {
		struct page *page = page_in(range, address);

		UK_ASSERT(page->references > 0 && page->order == 0);
		if (--page->references == 0)
			continue;
		release_span(range, from, address);
		statistics.free += (address - from) >> UK_PAGE_SHIFT;
		from = address + UK_PAGE_SIZE;
	}
	release_span(range, from, end);
	statistics.free += (end - from) >> UK_PAGE_SHIFT;
}

void uk_page_free_order(uk_paddr_t block, unsigned int order)
{
	const struct page *page = page_of(block);

	UK_ASSERT(page->references == 1 && page->order == order);
	uk_page_put(block);
}

u16 uk_page_user_count(uk_paddr_t page)
{
	return page_of(page)->user_count;
}

void uk_page_set_user_count(uk_paddr_t page, u16 count)
{
	page_of(page)->user_count = count;
}

struct uk_page_statistics uk_page_statistics(void)
{
	return statistics;
}
