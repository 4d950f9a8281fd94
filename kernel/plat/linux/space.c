/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uk/space.h: the page tables are a record that the host's mappings follow in runs: adjacent
 * changes are deferred and made with one host call, at the latest before the program continues
 * (space_sync) or when it faults on a page (signals.c). This process has the mappings of one space
 * at a time: a switch removes them all, makes those that the program used in its latest turns, and
 * leaves the others to faults.
 *
 * The host may have fewer mappings than the record, never others: it limits their number
 * (vm.max_map_count), and beyond it all are removed and made again by faults.
 */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "platform.h"
#include "space.h"

#define RUN_MAX	      (1UL << 30) /* bytes */
/* The host supplies all pages of a writable mapping, which takes it 0.3 us each: no more at once.
 */
#define WRITABLE_MOST (64 * UK_PAGE_SIZE)
/* After so many turns the space forgets what is hot, because it only notices what is missing. */
#define TURNS_MOST    64

/* The space at boot, which belongs to no program and never has pages. */
static struct host_space no_space;
struct host_space *space_current = &no_space;

static struct host_space *host_space(struct ukplat_space *space)
{
	return container_of(space, struct host_space, space);
}

/* Removes all of the host's mappings of the current space. */
static void forget_host(void)
{
	uintptr_t address = 0;
	u64 entry;

	while (page_table_find(&space_current->space, &address, UK_GUEST_END, &entry)) {
		address = ALIGN_DOWN(address, RUN_MAX);
		memory_map(address, RUN_MAX, 0);
		address += RUN_MAX;
	}
}

/* Makes the host's mappings of a run: consecutive frames beginning with that of entry. */
static void show_run(uintptr_t start, size_t length, u64 entry)
{
	space_current->host_changes++;
	if (memory_map(start, length, entry))
		return;
	forget_host();
	if (!memory_map(start, length, entry))
		linux_refuse("the host refuses a mapping");
}

void space_sync(void)
{
	struct host_space *space = space_current;
	struct host_run run = space->run;

	uk_cpu_current()->memory_is_stale = false;
	space->run.start = space->run.end = 0;
	if (run.start != run.end)
		show_run(run.start, run.end - run.start, run.entry);
}

/* Remembers what the program has just missed. */
static void remember(struct host_space *space, uintptr_t start, uintptr_t end)
{
	space->hot[space->hot_count++ % HOT_RANGES] = (struct host_range){start, end};
}

static void show_hot(struct host_space *space)
{
	unsigned int count = MIN(space->hot_count, (unsigned int)HOT_RANGES);

	if (++space->turns % TURNS_MOST == 0)
		space->hot_count = 0;
	for (unsigned int i = 0; i < count; i++) {
		uintptr_t address = space->hot[i].start;
		size_t pages;
		u64 entry;

		while ((pages = page_table_find(&space->space, &address, space->hot[i].end,
						&entry))) {
			if (entry & PTE_PRESENT)
				show_run(address, pages << UK_PAGE_SHIFT, entry);
			address += pages << UK_PAGE_SHIFT;
		}
	}
}

bool space_allows(uintptr_t address, u32 access)
{
	u64 entry;

	if (space_current == &no_space)
		return false;
	entry = page_table_entry(&space_current->space, ALIGN_DOWN(address, UK_PAGE_SIZE));
	if (!(entry & PTE_PRESENT))
		return false;
	if (access == UK_PROT_EXEC)
		return !(entry & PTE_NX);
	return access != UK_PROT_WRITE || entry & PTE_WRITABLE;
}

void space_show(uintptr_t address)
{
	struct ukplat_space *space = &space_current->space;
	uintptr_t table = ALIGN_DOWN(address, PAGE_TABLE_SPAN), start = table;
	size_t count;
	u64 entry;

	/* The run that contains the page. */
	while ((count = page_table_find(space, &start, table + PAGE_TABLE_SPAN, &entry)) &&
	       start <= address) {
		uintptr_t end = start + (count << UK_PAGE_SHIFT), first = start;

		if (end <= address) {
			start = end;
			continue;
		}
		if (entry & PTE_WRITABLE) {
			first = MAX(start, ALIGN_DOWN(address, WRITABLE_MOST));
			end = MIN(end, ALIGN_DOWN(address, WRITABLE_MOST) + WRITABLE_MOST);
		}
		if (entry & PTE_PRESENT) {
			show_run(first, end - first, entry + (first - start));
			remember(space_current, first, end);
		}
		return;
	}
}

void ukplat_space_sync(void)
{
	space_sync();
}

/* Whether a run can be appended to the one that is deferred. */
static bool continues(const struct host_run *run, uintptr_t address, size_t length, u64 entry)
{
	u64 expected = run->entry;

	/* The cage allows less than 4 GiB at once. */
	if (address != run->end || address - run->start + length > RUN_MAX)
		return false;
	if (!((expected | entry) & PTE_PRESENT))
		return true;
	expected += address - run->start;
	return (entry & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX)) ==
	       (expected & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX));
}

/* Defers changing the host's mappings of a run in the current space to entry. */
static void put_off(struct host_space *space, uintptr_t address, size_t count, u64 entry)
{
	size_t length = count << UK_PAGE_SHIFT;

	if (!continues(&space->run, address, length, entry)) {
		space_sync();
		space->run.start = address;
		space->run.entry = entry;
	}
	space->run.end = address + length;
	uk_cpu_current()->memory_is_stale = true;
}

static void forget_patches(struct host_space *space, uintptr_t address, size_t count, u64 entry)
{
	if (!(entry & PTE_PRESENT) || entry & PTE_NX)
		return;
	for (; count > 0; count--, address += UK_PAGE_SIZE)
		patches_forget(&space->patches, address);
}

void page_run_changed(struct ukplat_space *changed, uintptr_t address, size_t count, u64 old,
		      u64 new)
{
	struct host_space *space = host_space(changed);

	if ((old ^ new) & PTE_ADDRESS)
		forget_patches(space, address, count, old);
	if (space == space_current)
		put_off(space, address, count, new);
}

/* Moves the host's mappings of the runs that are waiting for it. */
static void move_host(struct host_space *space)
{
	struct host_move move = space->move;

	space->move.length = 0;
	if (!move.length || memory_move(move.from, move.to, move.length))
		return;
	/* The host does not have exactly this mapping: faults will show the pages. */
	show_run(move.from, move.length, 0);
}

void page_run_moved(struct ukplat_space *moved, uintptr_t from, uintptr_t to, size_t count,
		    u64 entry)
{
	struct host_space *space = host_space(moved);
	struct host_move *move = &space->move;
	size_t length = count << UK_PAGE_SHIFT;

	forget_patches(space, from, count, entry);
	if (space != space_current || !(entry & PTE_PRESENT))
		return;
	/* The mappings must be there before they can be moved. */
	space_sync();
	if (from != move->from + move->length || to != move->to + move->length ||
	    move->length + length > RUN_MAX || entry != move->entry + move->length) {
		move_host(space);
		*move = (struct host_move){.from = from, .to = to, .entry = entry};
	}
	move->length += length;
}

void page_moves_done(struct ukplat_space *moved)
{
	move_host(host_space(moved));
}

void page_table_gone(struct ukplat_space *space, uintptr_t address)
{
}

void *ukplat_pages_view(struct ukplat_space *viewed, uintptr_t address)
{
	u64 entry = page_table_entry(viewed, address);

	if (host_space(viewed) != space_current ||
	    (entry & (PTE_PRESENT | PTE_WRITABLE)) != (PTE_PRESENT | PTE_WRITABLE))
		return uk_page_address(entry & PTE_ADDRESS);
	/* The program will use the pages at once, and so the host supplies them only once. */
	space_sync();
	return (void *)address;
}

void ukplat_pages_collapse(struct ukplat_space *collapsed, uintptr_t address)
{
	if (host_space(collapsed) != space_current)
		return;
	space_sync();
	memory_collapse(address, PAGE_TABLE_SPAN);
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

void ukplat_space_switch(struct ukplat_space *to)
{
	struct host_space *space = to ? host_space(to) : &no_space;

	if (space == space_current)
		return;
	space_sync();
	if (space_current != &no_space)
		forget_host();
	space_current = space;
	if (space != &no_space)
		show_hot(space);
}

int ukplat_space_fork(const struct ukplat_space *from, struct ukplat_space *to)
{
	return patches_fork(&container_of(from, struct host_space, space)->patches,
			    &host_space(to)->patches);
}

void ukplat_space_destroy(struct ukplat_space *destroyed)
{
	struct host_space *space = host_space(destroyed);

	UK_ASSERT(space != space_current);
	patches_deinit(&space->patches);
	page_table_deinit(&space->space);
	uk_free(space);
}
