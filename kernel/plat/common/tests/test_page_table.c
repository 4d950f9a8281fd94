/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: ../plat/common/page_table.c pagealloc/pagealloc.c */
/*
 * Entries of two spaces are changed at random, along with a model of each. Entries, what is
 * reported to the platform, and the memory of the tables must agree.
 */
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "check.h"
#include "page_table.h"

CHECK_DEFINE_PANIC

#define SPACES 2
#define PAGES  64
#define BITS   (UK_PROT_READ | UK_PROT_WRITE | UK_PROT_EXEC | UK_PTE_SOURCE | UK_PTE_COPY)

static struct ukplat_space spaces[SPACES];
static struct uk_pte models[SPACES][PAGES];
static u64 told[SPACES][PAGES]; /* entries reported by page_entry_changed() */

/* Some pages share tables of all levels, some share none. */
static uintptr_t address_of(unsigned int page)
{
	static const uintptr_t bases[] = {0x10000, 0x40000000, 0x7ff000000000, 0x8000000000};

	return bases[page % 4] + (page / 4) * (page & 4 ? UK_PAGE_SIZE : UK_PAGE_SIZE << 9);
}

void page_entry_changed(struct ukplat_space *space, uintptr_t address, u64 old, u64 new)
{
	for (unsigned int page = 0; page < PAGES; page++) {
		u64 *entry = &told[space - spaces][page];

		if (address_of(page) != address)
			continue;
		CHECK(*entry == old);
		*entry = new;
	}
}

void page_table_gone(struct ukplat_space *space, uintptr_t address)
{
}

static u32 prot_of(uint64_t *state)
{
	u32 prot = (u32)check_random(state) & BITS;

	/* As in lib/mm: memory that can be written or executed can be read. */
	return prot & (UK_PROT_WRITE | UK_PROT_EXEC) ? prot | UK_PROT_READ : prot;
}

static void change(unsigned int number, unsigned int page, uint64_t *state)
{
	struct uk_pte *pte = &models[number][page];
	uk_paddr_t frame = (check_random(state) & 0xfffff) << UK_PAGE_SHIFT;
	u32 prot = prot_of(state);

	switch (check_random(state) % 3) {
	case 0:
		CHECK(ukplat_page_map(&spaces[number], address_of(page), frame, prot) == 0);
		*pte = (struct uk_pte){frame, prot, true};
		break;
	case 1:
		if (pte->present)
			ukplat_page_unmap(&spaces[number], address_of(page));
		*pte = (struct uk_pte){0};
		break;
	default:
		if (!pte->present)
			return;
		ukplat_page_protect(&spaces[number], address_of(page), prot);
		pte->prot = prot;
	}
}

static void check_all(unsigned int number)
{
	unsigned int present = 0, walked = 0;
	uintptr_t next;

	for (unsigned int page = 0; page < PAGES; page++) {
		const struct uk_pte *model = &models[number][page];
		struct uk_pte pte = ukplat_page_query(&spaces[number], address_of(page), NULL);

		CHECK(pte.present == model->present && !told[number][page] == !model->present);
		CHECK(!pte.present || (pte.frame == model->frame && pte.prot == model->prot));
		present += pte.present;
	}
	for (uintptr_t address = 0; address < UK_TASK_SIZE; address = next) {
		u64 entry = page_table_entry(&spaces[number], address, &next);

		CHECK(next > address);
		walked += entry != 0;
	}
	CHECK(walked == present);
}

int main(void)
{
	char *memory = aligned_alloc(4UL << 20, 16UL << 20);
	uint64_t state = 7;
	size_t free_pages;

	CHECK(memory);
	uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + (16UL << 20));
	free_pages = uk_page_statistics().free;
	for (unsigned int number = 0; number < SPACES; number++)
		CHECK(page_table_init(&spaces[number]));
	for (int round = 0; round < 3000; round++) {
		change((unsigned int)(check_random(&state) % SPACES),
		       (unsigned int)(check_random(&state) % PAGES), &state);
		if (round % 100 == 0) {
			check_all(0);
			check_all(1);
		}
	}
	for (unsigned int number = 0; number < SPACES; number++) {
		for (unsigned int page = 0; page < PAGES; page++) {
			if (models[number][page].present)
				ukplat_page_unmap(&spaces[number], address_of(page));
			models[number][page] = (struct uk_pte){0};
		}
		check_all(number);
		page_table_deinit(&spaces[number]);
	}
	CHECK(uk_page_statistics().free == free_pages);
	return 0;
}
