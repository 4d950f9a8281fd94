/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uk/space.h: the page tables are a record that the host's mappings follow in runs: adjacent
 * changes are deferred and made with one host call, at the latest before the program continues
 * (space_sync) or when it faults on a page (signals.c). This process has the mappings of one space
 * at a time; a switch replaces them.
 */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/uaccess.h>

#include "platform.h"
#include "space.h"

#define RUN_MAX (1UL << 30) /* bytes */

/* The space at boot, which belongs to no program and never has pages. */
static struct host_space no_space;
struct host_space *space_current = &no_space;

static struct host_space *host_space(struct ukplat_space *space)
{
	return container_of(space, struct host_space, space);
}

void space_sync(void)
{
	struct host_space *space = space_current;

	uk_cpu_current()->memory_is_stale = false;
	if (space->run.start == space->run.end)
		return;
	memory_map(space->run.start, space->run.end - space->run.start, space->run.entry);
	space->run.start = space->run.end = 0;
}

/* Whether a page can be appended to the run. */
static bool continues(const struct host_space *space, uintptr_t address, u64 entry)
{
	u64 expected = space->run.entry;

	/* The cage allows less than 4 GiB at once. */
	if (address != space->run.end || space->run.end - space->run.start >= RUN_MAX)
		return false;
	if (!((expected | entry) & PTE_PRESENT))
		return true;
	if (memory_is_image(expected) != memory_is_image(entry))
		return false;
	expected += space->run.end - space->run.start;
	return (entry & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX)) ==
	       (expected & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX));
}

/* Defers changing the host's mapping of a page in the current space to entry. */
static void put_off(struct host_space *space, uintptr_t address, u64 entry)
{
	if (!continues(space, address, entry)) {
		space_sync();
		space->run.start = address;
		space->run.entry = entry;
	}
	space->run.end = address + UK_PAGE_SIZE;
	uk_cpu_current()->memory_is_stale = true;
}

void page_entry_changed(struct ukplat_space *changed, uintptr_t address, u64 old, u64 new)
{
	struct host_space *space = host_space(changed);

	if (old & PTE_PRESENT && !(old & PTE_NX) && (old ^ new) & PTE_ADDRESS)
		patches_forget(&space->patches, address);
	if (space == space_current)
		put_off(space, address, new);
}

void page_table_gone(struct ukplat_space *space, uintptr_t address)
{
}

struct ukplat_space *ukplat_space_create(void)
{
	struct host_space *space = uk_zalloc(sizeof(*space));

	if (!space)
		return NULL;
	if (!page_table_init(&space->space)) {
		uk_free(space);
		return NULL;
	}
	return &space->space;
}

/* Maps all pages of the current space on the host, or unmaps them. */
static void replay(struct host_space *space, bool is_mapped)
{
	uintptr_t next;

	for (uintptr_t address = 0; address < UK_GUEST_END; address = next) {
		u64 entry = page_table_entry(&space->space, address, &next);

		if (entry & PTE_PRESENT)
			put_off(space, address, is_mapped ? entry : 0);
	}
	space_sync();
}

void ukplat_space_switch(struct ukplat_space *to)
{
	struct host_space *space = to ? host_space(to) : &no_space;

	if (space == space_current)
		return;
	space_sync();
	if (space_current != &no_space)
		replay(space_current, false);
	space_current = space;
	if (space != &no_space)
		replay(space, true);
}

void ukplat_space_destroy(struct ukplat_space *destroyed)
{
	struct host_space *space = host_space(destroyed);

	UK_ASSERT(space != space_current);
	patches_deinit(&space->patches);
	page_table_deinit(&space->space);
	uk_free(space);
}
