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
#define PAGES  (4 * SPAN) /* of the model */
#define SPAN   PAGE_TABLE_ENTRIES
#define BITS   (UK_PROT_READ | UK_PROT_WRITE | UK_PROT_EXEC | UK_PTE_SOURCE | UK_PTE_COPY)

static struct ukplat_space spaces[SPACES];
static struct uk_pte models[SPACES][PAGES];
static u64 told[SPACES][PAGES]; /* entries reported by the hooks */

/* Parts of the model share tables of all levels, or none. Some begin in the middle of a table. */
static uintptr_t address_of(unsigned int page)
{
	static const uintptr_t bases[] = {0x10000, 0x40000000, 0x40200000, 0x7ff000000000};

	uintptr_t offset = page / SPAN % 3 ? 0 : 300;

	return bases[page / SPAN] + (offset + page % SPAN) * UK_PAGE_SIZE;
}

static unsigned int page_at(uintptr_t address)
{
	for (unsigned int page = 0; page < PAGES; page += SPAN) {
		if (address - address_of(page) < SPAN * UK_PAGE_SIZE)
			return page + (unsigned int)((address - address_of(page)) / UK_PAGE_SIZE);
	}
	CHECK(false);
	return 0;
}

void page_run_changed(struct ukplat_space *space, uintptr_t address, size_t count, u64 old, u64 new)
{
	u64 *entries = &told[space - spaces][page_at(address)];

	for (size_t i = 0; i < count; i++) {
		CHECK(entries[i] == (old ? old + i * UK_PAGE_SIZE : 0));
		entries[i] = new ? new + i *UK_PAGE_SIZE : 0;
	}
}

static bool is_moving;

void page_run_moved(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t count,
		    u64 entry)
{
	u64 *source = &told[space - spaces][page_at(from)];
	u64 *target = &told[space - spaces][page_at(to)];

	is_moving = true;
	for (size_t i = 0; i < count; i++) {
		CHECK(source[i] == entry + i * UK_PAGE_SIZE && !target[i]);
		target[i] = source[i];
		source[i] = 0;
	}
}

void page_moves_done(struct ukplat_space *space)
{
	is_moving = false;
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

/* Removes what is present of [page, page + count). */
static void clear(unsigned int number, unsigned int page, unsigned int count)
{
	uintptr_t address = address_of(page), end = address + count * UK_PAGE_SIZE;
	struct uk_pte pte;
	size_t found;

	while ((found = ukplat_pages_find(&spaces[number], &address, end, &pte))) {
		const struct uk_pte *model = &models[number][page_at(address)];

		CHECK(model->present && model->frame == pte.frame && model->prot == pte.prot);
		ukplat_pages_unmap(&spaces[number], address, found);
	}
	memset(&models[number][page], 0, count * sizeof(struct uk_pte));
}

static void change_run(unsigned int number, unsigned int page, unsigned int count, uint64_t *state)
{
	uk_paddr_t frame = (check_random(state) & 0xfffff) << UK_PAGE_SHIFT;
	u32 prot = prot_of(state);

	if (check_random(state) % 4 == 0)
		frame = ALIGN_DOWN(frame, SPAN << UK_PAGE_SHIFT) +
			address_of(page) % (SPAN << UK_PAGE_SHIFT);
	clear(number, page, count);
	CHECK(ukplat_pages_map(&spaces[number], address_of(page), frame, count, prot) == 0);
	for (unsigned int i = 0; i < count; i++)
		models[number][page + i] = (struct uk_pte){frame + i * UK_PAGE_SIZE, prot, true};
	if (check_random(state) % 2)
		return;
	prot = prot_of(state);
	page += count / 4;
	count -= count / 4;
	ukplat_pages_protect(&spaces[number], address_of(page), count, prot);
	for (unsigned int i = 0; i < count; i++)
		models[number][page + i].prot = prot;
}

static void move_run(unsigned int number, unsigned int from, unsigned int to, unsigned int count)
{
	if (from < to + count && to < from + count)
		return;
	clear(number, to, count);
	CHECK(ukplat_pages_move(&spaces[number], address_of(from), address_of(to),
				count * UK_PAGE_SIZE) == 0);
	CHECK(!is_moving);
	memcpy(&models[number][to], &models[number][from], count * sizeof(struct uk_pte));
	memset(&models[number][from], 0, count * sizeof(struct uk_pte));
}

static void change(unsigned int number, uint64_t *state)
{
	unsigned int page = (unsigned int)(check_random(state) % PAGES);
	unsigned int other = (unsigned int)(check_random(state) % PAGES);
	unsigned int count =
		1 + (unsigned int)(check_random(state) % (1UL << check_random(state) % 10));
	uk_paddr_t frame = (check_random(state) & 0xfffff) << UK_PAGE_SHIFT;
	u32 prot = prot_of(state);

	if (check_random(state) % 4 == 0)
		other = other / SPAN * SPAN + page % SPAN;
	if (check_random(state) % 8 == 0) {
		page = page / SPAN * SPAN;
		other = other / SPAN * SPAN;
		count = SPAN;
	}
	count = MIN(count, SPAN - MAX(page % SPAN, other % SPAN));
	switch (check_random(state) % 4) {
	case 0:
		CHECK(ukplat_page_map(&spaces[number], address_of(page), frame, prot) == 0);
		models[number][page] = (struct uk_pte){frame, prot, true};
		break;
	case 1:
		clear(number, page, count);
		break;
	case 2:
		change_run(number, page, count, state);
		break;
	default:
		move_run(number, page, other, count);
	}
}

static unsigned int count_present(unsigned int number)
{
	uintptr_t address = 0;
	unsigned int present = 0;
	struct uk_pte pte;
	size_t count;

	for (; (count = ukplat_pages_find(&spaces[number], &address, UK_GUEST_END, &pte));
	     address += count * UK_PAGE_SIZE)
		present += (unsigned int)count;
	return present;
}

static void check_all(unsigned int number)
{
	unsigned int present = 0;

	for (unsigned int page = 0; page < PAGES; page++) {
		const struct uk_pte *model = &models[number][page];
		struct uk_pte pte = ukplat_page_query(&spaces[number], address_of(page), NULL);

		CHECK(pte.present == model->present && !told[number][page] == !model->present);
		CHECK(!pte.present || (pte.frame == model->frame && pte.prot == model->prot));
		present += pte.present;
	}
	CHECK(count_present(number) == present);
}

/* Without memory nothing changes, and the tables that were made in vain are freed. */
static void exhaust(uint64_t *state)
{
	uk_paddr_t list = 0, page;
	size_t left = check_random(state) % 6;

	while (uk_page_statistics().free > left && (page = uk_page_alloc())) {
		*(uk_paddr_t *)uk_page_address(page) = list;
		list = page;
	}
	for (unsigned int round = 0; round < 20; round++) {
		unsigned int from = (unsigned int)(check_random(state) % 4) * SPAN;
		unsigned int to = (unsigned int)(check_random(state) % 4) * SPAN;
		unsigned int count = 1 + (unsigned int)(check_random(state) % (SPAN - 1));

		if (from == to)
			continue;
		clear(0, to, SPAN);
		if (ukplat_pages_move(&spaces[0], address_of(from), address_of(to) + UK_PAGE_SIZE,
				      (count - 1) * UK_PAGE_SIZE) == 0) {
			memcpy(&models[0][to + 1], &models[0][from],
			       (count - 1) * sizeof(struct uk_pte));
			memset(&models[0][from], 0, (count - 1) * sizeof(struct uk_pte));
		}
		clear(0, to, SPAN);
		if (ukplat_pages_map(&spaces[0], address_of(to), 4 * UK_PAGE_SIZE, count, 1) == 0)
			ukplat_pages_unmap(&spaces[0], address_of(to), count);
	}
	while (list) {
		page = list;
		list = *(uk_paddr_t *)uk_page_address(page);
		uk_page_put(page);
	}
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
	for (int round = 0; round < 30000; round++) {
		change((unsigned int)(check_random(&state) % SPACES), &state);
		if (round % 100 == 0) {
			check_all(0);
			check_all(1);
		}
		if (round % 1000 == 0)
			exhaust(&state);
	}
	for (unsigned int number = 0; number < SPACES; number++) {
		for (unsigned int page = 0; page < PAGES; page += SPAN)
			clear(number, page, SPAN);
		check_all(number);
		page_table_deinit(&spaces[number]);
	}
	CHECK(uk_page_statistics().free == free_pages);
	return 0;
}
