/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: pagealloc/pagealloc.c kmalloc/kmalloc.c */
#include <stdlib.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/page.h>

#include "check.h"

CHECK_DEFINE_PANIC

#define SLOTS	    600
#define LARGE_ORDER 9 /* the largest block that is certain to fit into a range */

struct slot {
	unsigned char *memory;
	size_t size;
	unsigned int order;
	unsigned char mark;
};

static void add(size_t offset, size_t size)
{
	static char *ranges[UK_PAGE_RANGES_MAX]; /* so that the leak checker finds them reachable */
	static unsigned int count;
	char *memory = aligned_alloc(4UL << 20, 8UL << 20);

	CHECK(memory);
	ranges[count++] = memory;
	/* Nothing may rely on memory being zero. */
	memset(memory, 0xa5, 8UL << 20);
	uk_page_add_range((uk_paddr_t)memory + offset, (uk_paddr_t)memory + offset + size);
}

static void fill(struct slot *slot, unsigned char mark)
{
	slot->mark = mark;
	memset(slot->memory, mark, slot->size);
}

static void check(const struct slot *slot)
{
	for (size_t i = 0; i < slot->size; i += 97)
		CHECK(slot->memory[i] == slot->mark);
	CHECK(slot->memory[slot->size - 1] == slot->mark);
}

/* Random blocks never overlap and keep their contents, and all memory is free in the end. */
static void stress_pages(void)
{
	static struct slot slots[SLOTS];
	size_t free_before = uk_page_statistics().free;
	uint64_t state = 3;

	for (int round = 0; round < 200000; round++) {
		struct slot *slot = &slots[check_random(&state) % SLOTS];

		if (slot->memory) {
			check(slot);
			if (slot->order)
				uk_page_free_order((uk_paddr_t)slot->memory, slot->order);
			else
				uk_page_put((uk_paddr_t)slot->memory);
			slot->memory = NULL;
			continue;
		}
		slot->order =
			check_random(&state) % 4 ? 0 : (unsigned int)(check_random(&state) % 6);
		slot->size = UK_PAGE_SIZE << slot->order;
		slot->memory = (void *)uk_page_alloc_order(slot->order);
		if (!slot->memory)
			continue;
		CHECK((uk_paddr_t)slot->memory % slot->size == 0);
		fill(slot, (unsigned char)round);
	}
	for (int i = 0; i < SLOTS; i++) {
		if (slots[i].memory && slots[i].order)
			uk_page_free_order((uk_paddr_t)slots[i].memory, slots[i].order);
		else if (slots[i].memory)
			uk_page_put((uk_paddr_t)slots[i].memory);
		slots[i].memory = NULL;
	}
	CHECK(uk_page_statistics().free == free_before);
}

static void exhaust(void)
{
	size_t count = 0, free_before = uk_page_statistics().free;
	uk_paddr_t list = 0, page;

	while ((page = uk_page_alloc_zeroed())) {
		for (size_t i = 0; i < UK_PAGE_SIZE / 8; i++)
			CHECK(((u64 *)page)[i] == 0);
		*(uk_paddr_t *)page = list;
		list = page;
		count++;
	}
	CHECK(count == free_before && uk_page_statistics().free == 0);
	CHECK(uk_page_statistics().peak == uk_page_statistics().total);
	while (list) {
		page = list;
		list = *(uk_paddr_t *)page;
		uk_page_put(page);
	}
	CHECK(uk_page_statistics().free == free_before);
	/* All buddies were merged again. */
	page = uk_page_alloc_order(LARGE_ORDER);
	CHECK(page);
	uk_page_free_order(page, LARGE_ORDER);
}

static void references(void)
{
	uk_paddr_t page = uk_page_alloc();
	size_t free_after = uk_page_statistics().free;

	uk_page_set_user_count(page, 77);
	uk_page_get(page);
	uk_page_put(page);
	CHECK(uk_page_statistics().free == free_after && uk_page_user_count(page) == 77);
	uk_page_put(page);
	CHECK(uk_page_statistics().free == free_after + 1);
}

/* Runs of consecutive pages never overlap anything, say truly how much of them was used before, and
 * continue other runs where there is room. */
static void stress_runs(void)
{
	static struct slot slots[SLOTS];
	size_t free_before = uk_page_statistics().free, continued = 0;
	uint64_t state = 11;

	for (int round = 0; round < 30000; round++) {
		struct slot *slot = &slots[check_random(&state) % SLOTS];
		const struct slot *other = &slots[check_random(&state) % SLOTS];
		uk_paddr_t wanted = UK_PAGE_NONE;
		size_t count = 1 + check_random(&state) % 100, most = count;
		bool is_zero;

		if (slot->memory) {
			check(slot);
			uk_page_put_run((uk_paddr_t)slot->memory, slot->size / UK_PAGE_SIZE);
			slot->memory = NULL;
			continue;
		}
		if (other->memory)
			wanted = (uk_paddr_t)other->memory + other->size;
		slot->memory = (void *)uk_page_alloc_run(wanted, &count, &is_zero);
		if (!slot->memory)
			continue;
		CHECK(count > 0 && count <= most && !is_zero);
		continued += wanted && (uk_paddr_t)slot->memory == wanted;
		slot->size = count * UK_PAGE_SIZE;
		fill(slot, (unsigned char)round);
	}
	CHECK(continued > 0);
	for (int i = 0; i < SLOTS; i++) {
		if (slots[i].memory)
			uk_page_put_run((uk_paddr_t)slots[i].memory, slots[i].size / UK_PAGE_SIZE);
	}
	CHECK(uk_page_statistics().free == free_before);
}

/* A run stays allocated where its pages have other references, down to the last page of memory. */
static void exhaust_by_runs(void)
{
	size_t free_before = uk_page_statistics().free, total = 0, count = 512;
	bool is_zero;
	uk_paddr_t list = 0, first;

	while ((first = uk_page_alloc_run(UK_PAGE_NONE, &count, &is_zero))) {
		((uk_paddr_t *)first)[0] = list;
		((size_t *)first)[1] = count;
		uk_page_get(first);
		list = first;
		total += count;
		count = 512;
	}
	CHECK(total == free_before && uk_page_statistics().free == 0);
	while (list) {
		first = list;
		list = ((uk_paddr_t *)first)[0];
		uk_page_put_run(first, ((size_t *)first)[1]);
		uk_page_put(first);
	}
	CHECK(uk_page_statistics().free == free_before);
	/* All buddies were merged again. */
	first = uk_page_alloc_order(LARGE_ORDER);
	CHECK(first);
	uk_page_free_order(first, LARGE_ORDER);
	count = 512;
	first = uk_page_alloc_run(UK_PAGE_NONE, &count, &is_zero);
	CHECK(first && count == 512 && first % (count * UK_PAGE_SIZE) == 0);
	uk_page_put_run(first, count);
}

static size_t given;

static bool give(uk_paddr_t start, size_t size)
{
	CHECK(start % size == 0 && size >= UK_PAGE_SIZE << LARGE_ORDER);
	memset((void *)start, 0, size);
	given += size / UK_PAGE_SIZE;
	return given < 1200;
}

/* What was used and is free is kept, up to a limit, or until it is given back; large blocks know
 * how often they were used again. */
static void give_back(void)
{
	size_t count = 512, kept = uk_page_statistics().kept;
	uk_paddr_t first;
	bool is_zero;

	CHECK(kept >= count);
	for (unsigned int reuse = 0; reuse < 300; reuse++) {
		first = uk_page_alloc_run(UK_PAGE_NONE, &count, &is_zero);
		CHECK(first && count == 512);
		CHECK(reuse == 0 || uk_page_reuses(first) > 0);
		uk_page_put_run(first, count);
	}
	CHECK(uk_page_statistics().kept == kept);
	uk_page_give_back(kept, SIZE_MAX, give);
	CHECK(given == 0);
	uk_page_give_back(0, 1, give);
	CHECK(given >= 512 && uk_page_statistics().kept == kept - given);
	uk_page_give_back(0, SIZE_MAX, give);
	CHECK(given == kept || given >= 1200);
}

static void stress_heap(void)
{
	static struct slot slots[SLOTS];
	uint64_t state = 5;

	for (int round = 0; round < 200000; round++) {
		struct slot *slot = &slots[check_random(&state) % SLOTS];

		if (slot->memory) {
			check(slot);
			uk_free(slot->memory);
			slot->memory = NULL;
			continue;
		}
		slot->size = 1 + check_random(&state) % (1UL << check_random(&state) % 14);
		slot->memory = uk_malloc(slot->size);
		if (!slot->memory)
			continue;
		CHECK((uintptr_t)slot->memory % 16 == 0);
		fill(slot, (unsigned char)round);
	}
	for (int i = 0; i < SLOTS; i++)
		uk_free(slots[i].memory);
	CHECK(!uk_malloc(5UL << 20));
	CHECK(!uk_malloc(SIZE_MAX));
	uk_free(NULL);
}

int main(void)
{
	add(3 * UK_PAGE_SIZE, 500 * 1024); /* like the memory below 640 KiB */
	add(12345, 7UL << 20);
	add(0, UK_PAGE_SIZE); /* too small to be used */
	exhaust();
	references();
	stress_pages();
	stress_runs();
	exhaust_by_runs();
	give_back();
	stress_heap();
	return 0;
}
