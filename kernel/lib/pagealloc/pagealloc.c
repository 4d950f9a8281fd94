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
#define LARGE_ORDER    9 /* of the large pages of processors */
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
	u8 order;   /* of the block that starts here */
	bool free;  /* the block that starts here is in a free list */
	bool fresh; /* free memory that was never allocated before */
	u8 reuses;  /* of a block of LARGE_ORDER: how often it was allocated again */
};

struct range {
	uk_paddr_t start, end; /* the pages that can be allocated */
	uk_paddr_t frontier;   /* nothing from here on is initialised */
	struct page *pages;    /* metadata of start and the following pages */
};

static struct range ranges[UK_PAGE_RANGES_MAX];
static unsigned int range_count;
static u32 free_blocks[ORDERS]; /* links; 0: the list is empty */
static u32 last_largest;	/* the end of the list of the highest order */
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

/* Counts a free block that begins or ceases to be one. */
static void count_kept(const struct page *page, bool begins)
{
	size_t pages = 1UL << page->order;

	if (page->fresh || page->order < LARGE_ORDER)
		return;
	statistics.kept += begins ? pages : -pages;
}

static void insert(const struct range *range, uk_paddr_t address, unsigned int order, bool fresh)
{
	struct page *page = page_in(range, address);

	page->free = true;
	page->fresh = fresh;
	page->order = (u8)order;
	count_kept(page, true);
	/* The largest blocks are taken in the order in which they were freed, which is mostly that
	 * of their addresses: so they can become one run again. */
	if (order == UK_PAGE_ORDER_MAX && last_largest) {
		page->next = 0;
		page->previous = last_largest;
		page_of(follow(last_largest))->next = link_to(address);
		last_largest = link_to(address);
		return;
	}
	page->previous = 0;
	page->next = free_blocks[order];
	if (page->next)
		page_of(follow(page->next))->previous = link_to(address);
	else if (order == UK_PAGE_ORDER_MAX)
		last_largest = link_to(address);
	free_blocks[order] = link_to(address);
}

static void detach(struct page *page)
{
	count_kept(page, false);
	page->free = false;
	if (page->next)
		page_of(follow(page->next))->previous = page->previous;
	else if (page->order == UK_PAGE_ORDER_MAX)
		last_largest = page->previous;
	if (page->previous)
		page_of(follow(page->previous))->next = page->next;
	else
		free_blocks[page->order] = page->next;
}

/* Frees a block and merges it with its free buddies. A block is fresh if all of it is. */
static void release(const struct range *range, uk_paddr_t address, unsigned int order, bool fresh)
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
		fresh = fresh && page->fresh;
		address = MIN(address, buddy);
		order++;
	}
	insert(range, address, order, fresh);
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
static void release_span(const struct range *range, uk_paddr_t from, uk_paddr_t to, bool fresh)
{
	while (from < to) {
		unsigned int order = largest_order(from, to);

		release(range, from, order, fresh);
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
	release_span(range, from, to, true);
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
	range->start = range->frontier = start + metadata;
	range->end = end;
	range_count++;
	statistics.total += (end - range->start) >> UK_PAGE_SHIFT;
	statistics.free += (end - range->start) >> UK_PAGE_SHIFT;
}

static void drain_cache(void)
{
	while (cache_count > 0) {
		uk_paddr_t page = cache[--cache_count];

		const struct range *range = range_of(page);

		release(range, page, 0, page_in(range, page)->fresh);
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
		insert(range, address + block_size(from), from, page_in(range, address)->fresh);
	}
	return address;
}

/* False if no page is left. */
static bool refill_cache(void)
{
	do {
		for (unsigned int order = REFILL_ORDER + 1; order-- > 0;) {
			uk_paddr_t block = take_block(order);
			struct page *page;

			if (!block)
				continue;
			page = page_of(block);
			/* The lowest page ends up on top. */
			for (size_t i = 1UL << order; i-- > 0;) {
				page[i] = (struct page){.fresh = page->fresh};
				cache[cache_count++] = block + i * UK_PAGE_SIZE;
			}
			return true;
		}
	} while (advance_frontier());
	return false;
}

static void count_taken(size_t count)
{
	size_t used;

	statistics.free -= count;
	used = statistics.total - statistics.free;
	statistics.peak = MAX(statistics.peak, used);
}

/* Returns whether the contents are zero. */
static bool mark_taken(uk_paddr_t block, unsigned int order)
{
	struct page *page = page_of(block);
	bool fresh = page->fresh;

	*page = (struct page){.references = 1, .order = (u8)order};
	count_taken(1UL << order);
	return fresh && UK_MEMORY_IS_ZERO;
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
	if (!mark_taken(block, order))
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

/* The free block that contains the page, or UK_PAGE_NONE. */
static uk_paddr_t free_block_at(const struct range *range, uk_paddr_t page)
{
	for (unsigned int order = 0; order < ORDERS; order++) {
		uk_paddr_t block = ALIGN_DOWN(page, block_size(order));

		if (block < range->start || block + block_size(order) > range->frontier)
			break;
		if (page_in(range, block)->free && page_in(range, block)->order == order)
			return block;
	}
	return UK_PAGE_NONE;
}

/* Takes up to count pages that begin at first, unless fewer than half of them are free. Returns
 * their number. */
static size_t take_at(uk_paddr_t first, size_t count)
{
	const struct range *range = find_range(first);
	uk_paddr_t end = first + (count << UK_PAGE_SHIFT), next = first, block;
	bool fresh = true;

	while (range && next < end && (block = free_block_at(range, next)))
		next = block + block_size(page_in(range, block)->order);
	if (next <= first || next - first < (end - first) / 2)
		return 0;
	end = MIN(end, next);
	for (next = first; next < end; next = block) {
		uk_paddr_t start = free_block_at(range, next);
		struct page *page = page_in(range, start);

		block = start + block_size(page->order);
		fresh = fresh && page->fresh;
		detach(page);
		release_span(range, start, next, page->fresh);
		release_span(range, MIN(end, block), block, page->fresh);
	}
	page_in(range, first)->fresh = fresh;
	return (end - first) >> UK_PAGE_SHIFT;
}

/* Takes a block of the order, or a smaller one that was used before: that is preferred to memory
 * which the host has yet to supply. */
static uk_paddr_t take_used(unsigned int *order)
{
	for (unsigned int lowest = *order - MIN(*order, SHORTER_ORDERS);; --*order) {
		uk_paddr_t block = take_block(*order);

		if (block || *order == lowest)
			return block;
		if (free_blocks[*order - 1] && page_of(follow(free_blocks[*order - 1]))->fresh)
			return UK_PAGE_NONE;
	}
}

/* Takes up to *count pages from any block. */
static uk_paddr_t take_anywhere(size_t *count)
{
	unsigned int highest = 0, order;
	uk_paddr_t block;

	while (highest < UK_PAGE_ORDER_MAX && 1UL << highest < *count)
		highest++;
	order = highest;
	block = take_used(&order);
	if (!block) {
		order = highest;
		block = find_block(order);
		while (!block && order > 0)
			block = find_block(--order);
	}
	if (!block)
		return UK_PAGE_NONE;
	*count = MIN(*count, 1UL << order);
	release_span(range_of(block), block + (*count << UK_PAGE_SHIFT), block + block_size(order),
		     page_of(block)->fresh);
	return block;
}

uk_paddr_t uk_page_find_block(unsigned int order)
{
	do {
		for (unsigned int from = order; from < ORDERS; from++) {
			if (free_blocks[from])
				return follow(free_blocks[from]);
		}
	} while (advance_frontier());
	return UK_PAGE_NONE;
}

uk_paddr_t uk_page_alloc_run(uk_paddr_t wanted, size_t *count, bool *is_zero)
{
	size_t there = wanted ? take_at(wanted, *count) : 0;
	uk_paddr_t first = there ? wanted : take_anywhere(count);
	struct page *page;
	u8 reuses;

	if (!first)
		return UK_PAGE_NONE;
	if (there)
		*count = there;
	page = page_of(first);
	*is_zero = page->fresh && UK_MEMORY_IS_ZERO;
	reuses = page->fresh ? 0 : (u8)MIN(page->reuses + 1, 255);
	for (size_t i = 0; i < *count; i++)
		page[i] = (struct page){.references = 1};
	if (*count == 1UL << LARGE_ORDER && IS_ALIGNED(first, block_size(LARGE_ORDER)))
		page->reuses = reuses;
	count_taken(*count);
	return first;
}

unsigned int uk_page_reuses(uk_paddr_t first)
{
	return page_of(first)->reuses;
}

void uk_page_give_back(size_t keep, size_t most, bool (*give)(uk_paddr_t start, size_t size))
{
	for (unsigned int order = ORDERS - 1; order >= LARGE_ORDER; order--) {
		uk_paddr_t block;

		for (u32 link = free_blocks[order]; link && most; link = page_of(block)->next) {
			struct page *page;

			block = follow(link);
			page = page_of(block);
			if (page->fresh)
				continue;
			if (statistics.kept <= keep || !give(block, block_size(order)))
				return;
			count_kept(page, false);
			page->fresh = true;
			page->reuses = 0;
			most -= MIN(most, 1UL << order);
		}
	}
}

void uk_page_get(uk_paddr_t page)
{
	const struct range *range = find_range(page);

	if (range)
		page_in(range, page)->references++;
}

void uk_page_get_run(uk_paddr_t first, size_t count)
{
	const struct range *range = find_range(first);

	for (size_t i = 0; range && i < count; i++)
		page_in(range, first + (i << UK_PAGE_SHIFT))->references++;
}

bool uk_page_is_shared(uk_paddr_t page)
{
	const struct range *range = find_range(page);

	return !range || page_in(range, page)->references > 1;
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
		release(range, address, page->order, false);
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
		release_span(range, from, address, false);
		statistics.free += (address - from) >> UK_PAGE_SHIFT;
		from = address + UK_PAGE_SIZE;
	}
	release_span(range, from, end, false);
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
