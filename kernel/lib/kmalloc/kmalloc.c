/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's heap: sizes that are powers of two up to half a page are cut from pages, larger
 * sizes are blocks of pages. A page's user count describes it: the class of its objects and how
 * many of them are in use, or LARGE and the order of the block.
 */
#include <uk/alloc.h>
#include <uk/page.h>
#include <uk/string.h>

#define SMALLEST_SHIFT	  4 /* 16 bytes: the guaranteed alignment, and room for the links */
#define CLASSES		  8 /* 16 to 2048 bytes */
#define LARGE		  0x8000u
#define KIND_CLASS(kind)  ((kind) % CLASSES)
#define KIND_IN_USE(kind) ((kind) / CLASSES)
#define ONE_IN_USE	  CLASSES

struct object {
	struct object *next, *previous;
};

struct class
{
	struct object *free;
	size_t free_count;
	/* the rest of the newest page, never handed out; NULL: none */
	char *fresh;
};

static struct class classes[CLASSES];

static size_t class_size(unsigned int class)
{
	return 1UL << (class + SMALLEST_SHIFT);
}

/* The class of the smallest objects that have room for size bytes; CLASSES or more: none has. */
static unsigned int class_of(size_t size)
{
	return size <= class_size(0) ? 0
				     : 64 - SMALLEST_SHIFT - (unsigned int)__builtin_clzl(size - 1);
}

static uk_paddr_t page_of(const void *memory)
{
	return ALIGN_DOWN(uk_page_from_address(memory), UK_PAGE_SIZE);
}

static void add_kind(uk_paddr_t page, int change)
{
	uk_page_set_user_count(page, (u16)(uk_page_user_count(page) + change));
}

static void push(struct class *class, struct object *object)
{
	object->previous = NULL;
	object->next = class->free;
	if (object->next)
		object->next->previous = object;
	class->free = object;
	class->free_count++;
}

static void detach(struct class *class, struct object *object)
{
	if (object->next)
		object->next->previous = object->previous;
	if (object->previous)
		object->previous->next = object->next;
	else
		class->free = object->next;
	class->free_count--;
}

static void *take_fresh(unsigned int number)
{
	struct class *class = &classes[number];
	char *memory = class->fresh;

	if (!memory) {
		uk_paddr_t page = uk_page_alloc();

		if (!page)
			return NULL;
		uk_page_set_user_count(page, (u16)number);
		memory = uk_page_address(page);
	}
	class->fresh = memory + class_size(number);
	if (IS_ALIGNED((uintptr_t) class->fresh, UK_PAGE_SIZE))
		class->fresh = NULL;
	return memory;
}

static void *allocate_large(size_t size)
{
	unsigned int order = 0;
	uk_paddr_t block;

	while (order <= UK_PAGE_ORDER_MAX && UK_PAGE_SIZE << order < size)
		order++;
	block = uk_page_alloc_order(order);
	if (!block)
		return NULL;
	uk_page_set_user_count(block, (u16)(LARGE | order));
	return uk_page_address(block);
}

void *uk_malloc(size_t size)
{
	unsigned int number = class_of(size);
	struct class *class;
	void *memory;

	if (number >= CLASSES)
		return allocate_large(size);
	class = &classes[number];
	memory = class->free;
	if (memory)
		detach(class, memory);
	else
		memory = take_fresh(number);
	if (memory)
		add_kind(page_of(memory), ONE_IN_USE);
	return memory;
}

void *uk_zalloc(size_t size)
{
	void *memory = uk_malloc(size);

	return memory ? memset(memory, 0, size) : NULL;
}

/* Frees an empty page if its class would still have a page's worth of free objects: a need that
 * comes and goes does not cut the same page again and again. */
static void release_page(unsigned int number, uk_paddr_t page)
{
	size_t size = class_size(number);
	struct class *class = &classes[number];
	char *memory = uk_page_address(page);

	if (class->free_count < 2 * (UK_PAGE_SIZE / size))
		return;
	/* Part of the newest page is not cut yet. */
	if (class->fresh && page_of(class->fresh) == page)
		return;
	for (size_t offset = 0; offset < UK_PAGE_SIZE; offset += size)
		detach(class, (struct object *)(memory + offset));
	uk_page_put(page);
}

void uk_free(void *memory)
{
	unsigned int number;
	uk_paddr_t page;
	u16 kind;

	if (!memory)
		return;
	page = page_of(memory);
	kind = uk_page_user_count(page);
	if (kind & LARGE) {
		uk_page_free_order(page, kind & ~LARGE);
		return;
	}
	number = KIND_CLASS(kind);
	push(&classes[number], memory);
	add_kind(page, -ONE_IN_USE);
	if (KIND_IN_USE(kind) == 1)
		release_page(number, page);
}
