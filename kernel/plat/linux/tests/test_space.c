/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: ../plat/linux/space.c ../plat/common/page_table.c pagealloc/pagealloc.c
 * kmalloc/kmalloc.c */
/*
 * Pages of two spaces are changed at random, and the spaces are switched. After each
 * space_sync() the host must have the pages of the current space and no others.
 */
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/mm.h>

#include "../platform.h"
#include "../space.h"
#include "check.h"

CHECK_DEFINE_PANIC

#define SPACES 2
#define PAGES  256
#define BASE   0x400000UL
#define IMAGE  (8 * UK_PAGE_SIZE) /* frames below this address belong to the image */

struct uk_cpu uk_cpu;
static struct ukplat_space *spaces[SPACES];
static u64 host[PAGES]; /* the host's entries; 0: not mapped */

bool memory_is_image(u64 entry)
{
	return (entry & PTE_ADDRESS) < IMAGE;
}

static u64 visible(u64 entry)
{
	return entry & PTE_PRESENT ? entry & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX)
				   : 0;
}

void memory_map(uintptr_t start, size_t length, u64 entry)
{
	bool is_image = memory_is_image(entry);

	CHECK(length > 0 && start >= BASE && start + length <= BASE + PAGES * UK_PAGE_SIZE);
	for (size_t offset = 0; offset < length; offset += UK_PAGE_SIZE) {
		u64 page = visible(entry);

		CHECK(!page || memory_is_image(page + offset) == is_image);
		host[(start + offset - BASE) / UK_PAGE_SIZE] = page ? page + offset : 0;
	}
}

static unsigned int forgotten[SPACES];

void patches_forget(struct patches *patches, uintptr_t page)
{
	struct host_space *space = container_of(patches, struct host_space, patches);

	forgotten[&space->space == spaces[1]]++;
}

void patches_deinit(struct patches *patches)
{
}

static void change(struct ukplat_space *space, uint64_t *state)
{
	unsigned int page = (unsigned int)(check_random(state) % PAGES);
	unsigned int count = 1 + (unsigned int)(check_random(state) % 8);
	uk_paddr_t frame = (1 + check_random(state) % 64) << UK_PAGE_SHIFT;
	u32 prot = (u32)(check_random(state) % 4) * 2; /* random UK_PROT_WRITE and UK_PROT_EXEC */
	bool is_mapped = check_random(state) % 2;

	prot |= prot ? UK_PROT_READ : 0;
	for (; count > 0 && page < PAGES; count--, page++, frame += UK_PAGE_SIZE) {
		uintptr_t address = BASE + page * UK_PAGE_SIZE;

		if (is_mapped)
			CHECK(ukplat_page_map(space, address, frame, prot) == 0);
		else if (ukplat_page_query(space, address, NULL).present)
			ukplat_page_unmap(space, address);
	}
}

/* Checks that the host has exactly the pages of the space; NULL: no pages. */
static void check_host(const struct ukplat_space *space)
{
	uintptr_t next;

	space_sync();
	CHECK(!uk_cpu.memory_is_stale);
	for (unsigned int page = 0; page < PAGES; page++) {
		uintptr_t address = BASE + page * UK_PAGE_SIZE;
		u64 entry = space ? page_table_entry(space, address, &next) : 0;

		CHECK(host[page] == visible(entry));
	}
}

int main(void)
{
	char *memory = aligned_alloc(4UL << 20, 16UL << 20);
	struct ukplat_space *current = NULL;
	uint64_t state = 3;

	CHECK(memory);
	uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + (16UL << 20));
	for (unsigned int number = 0; number < SPACES; number++) {
		spaces[number] = ukplat_space_create();
		CHECK(spaces[number]);
	}
	for (int round = 0; round < 20000; round++) {
		change(spaces[check_random(&state) % SPACES], &state);
		if (check_random(&state) % 16 == 0) {
			unsigned int number = (unsigned int)(check_random(&state) % (SPACES + 1));

			current = number < SPACES ? spaces[number] : NULL;
			ukplat_space_switch(current);
		}
		if (check_random(&state) % 4 == 0)
			check_host(current);
	}
	CHECK(forgotten[0] > 0 && forgotten[1] > 0);
	ukplat_space_switch(NULL);
	check_host(NULL);
	for (unsigned int number = 0; number < SPACES; number++) {
		for (unsigned int page = 0; page < PAGES; page++) {
			if (ukplat_page_query(spaces[number], BASE + page * UK_PAGE_SIZE, NULL)
				    .present)
				ukplat_page_unmap(spaces[number], BASE + page * UK_PAGE_SIZE);
		}
		ukplat_space_destroy(spaces[number]);
	}
	check_host(NULL);
	return 0;
}
