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

void ukplat_page_unmap(struct ukplat_space *space, uintptr_t address)
{
	CHECK(entry(space, address)->present);
	entry(space, address)->present = false;
}

void ukplat_page_protect(struct ukplat_space *space, uintptr_t address, u32 prot)
{
	CHECK(entry(space, address)->present);
	entry(space, address)->prot = prot;
}

#endif
