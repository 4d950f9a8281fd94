/* SPDX-License-Identifier: BSD-3-Clause */
/* Implements uk/space.h for tests of lib/mm, with one entry for each page from BASE to TOP. */
#ifndef MM_TESTS_PAGE_TABLES_H
#define MM_TESTS_PAGE_TABLES_H

#include <stdlib.h>
#include <uk/space.h>

#include "check.h"

#define LOWEST	   0x10000UL
#define PAGES	   400
#define BASE	   0x100000UL
#define TOP	   (BASE + PAGES * UK_PAGE_SIZE)
#define ADDRESS(n) (BASE + (n)*UK_PAGE_SIZE)

/* The page tables. */
struct ukplat_space {
	struct uk_pte table[PAGES];
};
static unsigned int spaces; /* number of existing spaces */

struct ukplat_space *ukplat_space_create(void)
{
	spaces++;
	return calloc(1, sizeof(struct ukplat_space));
}

void ukplat_space_switch(struct ukplat_space *space)
{
}

int ukplat_space_fork(const struct ukplat_space *from, struct ukplat_space *to)
{
	return 0;
}

void ukplat_space_destroy(struct ukplat_space *space)
{
	for (unsigned int page = 0; page < PAGES; page++)
		CHECK(!space->table[page].present);
	spaces--;
	free(space);
}

static struct uk_pte *entry(const struct ukplat_space *space, uintptr_t address)
{
	CHECK(address >= BASE && address < TOP && address % UK_PAGE_SIZE == 0);
	return (struct uk_pte *)&space->table[(address - BASE) / UK_PAGE_SIZE];
}

int ukplat_page_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, u32 prot)
{
	*entry(space, address) = (struct uk_pte){frame, prot, true};
	return 0;
}

int ukplat_pages_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, size_t count,
		     u32 prot)
{
	for (size_t i = 0; i < count; i++) {
		CHECK(!entry(space, address + i * UK_PAGE_SIZE)->present);
		ukplat_page_map(space, address + i * UK_PAGE_SIZE, frame + i * UK_PAGE_SIZE, prot);
	}
	return 0;
}

struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next)
{
	struct uk_pte *pte;

	if (address < BASE || address >= TOP) {
		if (next)
			*next = address < BASE ? BASE : UINTPTR_MAX & UK_PAGE_MASK;
		return (struct uk_pte){0};
	}
	pte = entry(space, address);
	if (!pte->present && next) {
		do {
			address += UK_PAGE_SIZE;
		} while (address < TOP && !entry(space, address)->present);
		*next = address;
	}
	return *pte;
}

size_t ukplat_pages_find(const struct ukplat_space *space, uintptr_t *address, uintptr_t end,
			 struct uk_pte *pte)
{
	size_t count = 0;
	uintptr_t next;

	for (; *address < end; *address = next) {
		*pte = ukplat_page_query(space, *address, &next);
		if (pte->present)
			break;
	}
	for (next = *address; next < MIN(end, TOP) && next >= BASE; next += UK_PAGE_SIZE, count++) {
		const struct uk_pte *other = entry(space, next);

		if (!other->present || other->prot != pte->prot ||
		    other->frame != pte->frame + count * UK_PAGE_SIZE)
			break;
	}
	return count;
}

void ukplat_pages_unmap(struct ukplat_space *space, uintptr_t address, size_t count)
{
	for (; count > 0; count--, address += UK_PAGE_SIZE) {
		CHECK(entry(space, address)->present);
		entry(space, address)->present = false;
	}
}

void ukplat_pages_protect(struct ukplat_space *space, uintptr_t address, size_t count, u32 prot)
{
	for (; count > 0; count--, address += UK_PAGE_SIZE) {
		CHECK(entry(space, address)->present);
		entry(space, address)->prot = prot;
	}
}

int ukplat_pages_move(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t length)
{
	for (size_t offset = 0; offset < length; offset += UK_PAGE_SIZE) {
		struct uk_pte *source = entry(space, from + offset);

		if (!source->present)
			continue;
		CHECK(!entry(space, to + offset)->present);
		*entry(space, to + offset) = *source;
		source->present = false;
	}
	return 0;
}

void *ukplat_pages_view(struct ukplat_space *space, uintptr_t address)
{
	return uk_page_address(entry(space, address)->frame);
}

void ukplat_pages_collapse(struct ukplat_space *space, uintptr_t address)
{
}

#endif
