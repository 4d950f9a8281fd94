/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: kmalloc/kmalloc.c pagealloc/pagealloc.c */
/*
 * Allocates and frees objects of random sizes, also when memory has run out. Each is aligned and
 * filled with its own pattern, which must not change; at the end every page is free except those
 * that the heap keeps for later.
 */
#include <string.h>
#include <uk/alloc.h>
#include <uk/page.h>

#include "check.h"

CHECK_DEFINE_PANIC

#define MEMORY_SIZE (16UL << 20)
#define OBJECTS	    4000
#define STEPS	    200000
#define ALIGNMENT   16
#define LARGEST	    (UK_PAGE_SIZE << UK_PAGE_ORDER_MAX)
/* For each of the 8 sizes below a page: the page that is being cut, one of free objects, and one
 * that was half used when the other became free. */
#define PAGES_KEPT  (8 * 3)

static struct object {
	unsigned char *memory;
	size_t size;
	unsigned char pattern;
} objects[OBJECTS];
static u64 state = 0x2545f4914f6cdd1du;
static unsigned int refused;

static u64 next(void)
{
	return check_random(&state);
}

/* Mostly small, like the kernel's own. */
static size_t random_size(void)
{
	switch (next() % 16) {
	case 0:
		return next() % (64 * UK_PAGE_SIZE);
	case 1:
		return next() % (4 * UK_PAGE_SIZE);
	default:
		return next() % (1UL << (1 + next() % 12));
	}
}

static void check_pattern(const struct object *object)
{
	for (size_t i = 0; i < object->size; i++)
		CHECK(object->memory[i] == object->pattern);
}

static void allocate(struct object *object)
{
	bool zeroed = next() % 2;

	object->size = random_size();
	object->memory = zeroed ? uk_zalloc(object->size) : uk_malloc(object->size);
	if (!object->memory) {
		refused++;
		return;
	}
	CHECK(IS_ALIGNED((uintptr_t)object->memory, ALIGNMENT));
	for (size_t i = 0; zeroed && i < object->size; i++)
		CHECK(!object->memory[i]);
	object->pattern = (unsigned char)next();
	memset(object->memory, object->pattern, object->size);
}

static void release(struct object *object)
{
	if (object->memory)
		check_pattern(object);
	uk_free(object->memory);
	object->memory = NULL;
}

static void release_all(void)
{
	for (unsigned int i = 0; i < OBJECTS; i++)
		release(&objects[i]);
}

static size_t free_pages(void)
{
	return uk_page_statistics().free;
}

static void test_random(size_t all)
{
	for (unsigned int step = 0; step < STEPS; step++) {
		struct object *object = &objects[next() % OBJECTS];

		if (object->memory)
			release(object);
		else
			allocate(object);
	}
	release_all();
	CHECK(all - free_pages() <= PAGES_KEPT);
}

/* Allocates everything; then one more object fits for each that is freed. */
static void test_exhaustion(size_t all)
{
	static void *blocks[MEMORY_SIZE / 1024];
	size_t count = 0;

	while ((blocks[count] = uk_malloc(1024)))
		count++;
	CHECK(count > (MEMORY_SIZE - (1UL << 20)) / 1024 && !free_pages());
	CHECK(!uk_zalloc(1024) && !uk_malloc(2 * UK_PAGE_SIZE));
	for (size_t i = 0; i < count; i += 7) {
		uk_free(blocks[i]);
		blocks[i] = uk_malloc(1024);
		CHECK(blocks[i] && !uk_malloc(1024));
	}
	while (count)
		uk_free(blocks[--count]);
	CHECK(all - free_pages() <= PAGES_KEPT);
}

/* Repeated allocation and freeing takes no further pages. */
static void test_no_growth(void)
{
	size_t before = 0;

	for (unsigned int round = 0; round < 10; round++) {
		for (unsigned int i = 0; i < 100; i++) {
			objects[i].size = 24;
			objects[i].memory = uk_zalloc(24);
			CHECK(objects[i].memory);
			objects[i].pattern = 0;
		}
		release_all();
		if (round)
			CHECK(free_pages() == before);
		before = free_pages();
	}
}

static void test_sizes(size_t all)
{
	char *first, *second;

	uk_free(NULL);
	/* An object of 0 bytes is a valid object. */
	first = uk_malloc(0);
	second = uk_malloc(0);
	CHECK(first && second && first != second);
	uk_free(first);
	uk_free(second);
	/* uk/alloc.h: sizes above 4 MiB are refused. */
	CHECK(!uk_malloc(LARGEST + 1) && !uk_zalloc(LARGEST + 1) && !uk_malloc(SIZE_MAX));
	first = uk_malloc(LARGEST);
	CHECK(first);
	memset(first, 1, LARGEST);
	uk_free(first);
	for (size_t size = 2047; size <= 2049; size++) {
		first = uk_zalloc(size);
		CHECK(first && !first[size - 1]);
		memset(first, 1, size);
		uk_free(first);
	}
	CHECK(all - free_pages() <= PAGES_KEPT);
}

int main(void)
{
	char *memory = aligned_alloc(LARGEST, MEMORY_SIZE);
	size_t all;

	CHECK(memory);
	uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + MEMORY_SIZE);
	all = free_pages();
	test_sizes(all);
	test_no_growth();
	test_random(all);
	CHECK(refused > 0);
	test_exhaustion(all);
	test_random(all);
	free(memory);
	return 0;
}
