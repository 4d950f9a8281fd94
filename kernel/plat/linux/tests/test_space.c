/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: ../plat/linux/space.c ../plat/common/page_table.c pagealloc/pagealloc.c
 * kmalloc/kmalloc.c */
/*
 * Pages of two spaces are changed and moved at random, and the spaces are switched. After each
 * space_sync() the host must have pages of the current space and no others; where it lacks one,
 * because it has refused a mapping, space_show() must supply it.
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

struct uk_cpu uk_cpu;
static struct ukplat_space *spaces[SPACES];
static u64 host[PAGES]; /* the host's entries; 0: not mapped */

static u64 visible(u64 entry)
{
	return entry & PTE_PRESENT ? entry & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX)
				   : 0;
}

/* Mappings of the host, as it counts them; it refuses more than MAPPINGS_MAX. */
#define MAPPINGS_MAX 40

static unsigned int refusals;

static unsigned int count_mappings(void)
{
	unsigned int count = 0;

	for (unsigned int page = 0; page < PAGES; page++)
		count += host[page] && !(page && host[page - 1] + UK_PAGE_SIZE == host[page]);
	return count;
}

static bool is_in_model(uintptr_t start, size_t length)
{
	return length > 0 && start >= BASE && start + length <= BASE + PAGES * UK_PAGE_SIZE;
}

bool memory_map(uintptr_t start, size_t length, u64 entry)
{
	bool is_all = start < BASE && !visible(entry);
	u64 before[PAGES];

	if (is_all) {
		CHECK(start + length >= BASE + PAGES * UK_PAGE_SIZE);
		memset(host, 0, sizeof(host));
		return true;
	}
	CHECK(is_in_model(start, length));
	memcpy(before, host, sizeof(host));
	for (size_t offset = 0; offset < length; offset += UK_PAGE_SIZE) {
		u64 page = visible(entry);

		host[(start + offset - BASE) / UK_PAGE_SIZE] = page ? page + offset : 0;
	}
	if (count_mappings() <= MAPPINGS_MAX)
		return true;
	memcpy(host, before, sizeof(host));
	refusals++;
	return false;
}

/* Like mremap(2), which moves exactly one mapping. */
bool memory_move(uintptr_t from, uintptr_t to, size_t length)
{
	unsigned int source = (unsigned int)((from - BASE) / UK_PAGE_SIZE);
	unsigned int target = (unsigned int)((to - BASE) / UK_PAGE_SIZE);
	unsigned int count = (unsigned int)(length / UK_PAGE_SIZE);

	CHECK(is_in_model(from, length) && is_in_model(to, length));
	CHECK(from + length <= to || to + length <= from);
	for (unsigned int i = 0; i < count; i++) {
		if (!host[source + i] || host[source + i] != host[source] + i * UK_PAGE_SIZE)
			return false;
	}
	for (unsigned int i = 0; i < count; i++) {
		host[target + i] = host[source + i];
		host[source + i] = 0;
	}
	return true;
}

void linux_refuse(const char *text)
{
	CHECK(false);
	abort();
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

int patches_fork(const struct patches *from, struct patches *to)
{
	return 0;
}

void memory_collapse(uintptr_t start, size_t length)
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
			ukplat_pages_unmap(space, address, 1);
	}
}

static void move(struct ukplat_space *space, uint64_t *state)
{
	unsigned int from = (unsigned int)(check_random(state) % PAGES);
	unsigned int to = (unsigned int)(check_random(state) % PAGES);
	size_t count = 1 + check_random(state) % 32;

	count = MIN(count, PAGES - MAX(from, to));
	if (from < to + count && to < from + count)
		return;
	for (unsigned int page = to; page < to + count; page++) {
		if (ukplat_page_query(space, BASE + page * UK_PAGE_SIZE, NULL).present)
			ukplat_pages_unmap(space, BASE + page * UK_PAGE_SIZE, 1);
	}
	CHECK(ukplat_pages_move(space, BASE + from * UK_PAGE_SIZE, BASE + to * UK_PAGE_SIZE,
				count * UK_PAGE_SIZE) == 0);
}

/* Checks that the host has pages of the space only; NULL: no pages. The program reads some. */
static void check_host(const struct ukplat_space *space, uint64_t *state)
{
	space_sync();
	CHECK(!uk_cpu.memory_is_stale);
	for (unsigned int page = 0; page < PAGES; page++) {
		uintptr_t address = BASE + page * UK_PAGE_SIZE;
		u64 expected = space ? visible(page_table_entry(space, address)) : 0;

		CHECK(!host[page] || host[page] == expected);
		if (!expected || check_random(state) % 8)
			continue;
		if (!host[page])
			space_show(address);
		CHECK(host[page] == expected);
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
		if (check_random(&state) % 4 == 0)
			move(spaces[check_random(&state) % SPACES], &state);
		if (check_random(&state) % 16 == 0) {
			unsigned int number = (unsigned int)(check_random(&state) % (SPACES + 1));

			current = number < SPACES ? spaces[number] : NULL;
			ukplat_space_switch(current);
		}
		if (check_random(&state) % 4 == 0)
			check_host(current, &state);
	}
	CHECK(forgotten[0] > 0 && forgotten[1] > 0 && refusals > 0);
	ukplat_space_switch(NULL);
	check_host(NULL, &state);
	for (unsigned int number = 0; number < SPACES; number++) {
		for (unsigned int page = 0; page < PAGES; page++) {
			if (ukplat_page_query(spaces[number], BASE + page * UK_PAGE_SIZE, NULL)
				    .present)
				ukplat_pages_unmap(spaces[number], BASE + page * UK_PAGE_SIZE, 1);
		}
		ukplat_space_destroy(spaces[number]);
	}
	check_host(NULL, &state);
	return 0;
}
