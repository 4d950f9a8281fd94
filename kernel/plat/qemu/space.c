/* SPDX-License-Identifier: BSD-3-Clause */
/* uk/space.h: each space has its own page tables below UK_GUEST_END, and shares the kernel's above
 * it. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "page_table.h"
#include "platform.h"

/* Root entries of the upper half of the addresses. entry.S fills them, and they never change
 * afterwards: all roots share the tables below them. */
#define KERNEL_FIRST 256
#define KERNEL_COUNT 256

/* The space at boot, which belongs to no program. */
static struct ukplat_space kernel_space = {.root = page_table_root};
static struct ukplat_space *current = &kernel_space;

struct ukplat_space *ukplat_space_create(void)
{
	struct ukplat_space *space = uk_malloc(sizeof(*space));

	if (!space)
		return NULL;
	if (!page_table_init(space)) {
		uk_free(space);
		return NULL;
	}
	memcpy(space->root + KERNEL_FIRST, page_table_root + KERNEL_FIRST,
	       KERNEL_COUNT * sizeof(*page_table_root));
	return space;
}

/* The root at boot is in the kernel's image, all others are in the direct map. */
static u64 root_frame(const struct ukplat_space *space)
{
	if (space == &kernel_space)
		return (u64)page_table_root - KERNEL_VIRTUAL;
	return uk_page_from_address(space->root);
}

void ukplat_space_switch(struct ukplat_space *space)
{
	if (!space)
		space = &kernel_space;
	if (space == current)
		return;
	current = space;
	/* This flushes the processor's cached translations of the previous space (SDM vol. 3,
	 * 4.10.4.1). */
	__asm__ volatile("mov %0, %%cr3" : : "r"(root_frame(space)) : "memory");
}

int ukplat_space_fork(const struct ukplat_space *from, struct ukplat_space *to)
{
	return 0;
}

void ukplat_space_destroy(struct ukplat_space *space)
{
	UK_ASSERT(space != current);
	page_table_deinit(space);
	uk_free(space);
}

/* Pages whose translations are flushed one by one; more of them are flushed with all others. */
#define FLUSH_PAGES 32

static void flush(const struct ukplat_space *space, uintptr_t address, size_t count)
{
	if (space != current)
		return;
	if (count > FLUSH_PAGES) {
		__asm__ volatile("mov %0, %%cr3" : : "r"(root_frame(space)) : "memory");
		return;
	}
	for (; count > 0; count--, address += UK_PAGE_SIZE)
		__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

void ukplat_space_sync(void)
{
}

void page_run_changed(struct ukplat_space *space, uintptr_t address, size_t count, u64 old, u64 new)
{
	if (old)
		flush(space, address, count);
}

void page_run_moved(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t count,
		    u64 entry)
{
}

void page_moves_done(struct ukplat_space *space)
{
	flush(space, 0, SIZE_MAX);
}

void page_table_gone(struct ukplat_space *space, uintptr_t address)
{
	/* The processor may have cached the path through the table (SDM vol. 3, 4.10.3). */
	flush(space, address, 1);
}

void *ukplat_pages_view(struct ukplat_space *space, uintptr_t address)
{
	return uk_page_address(page_table_entry(space, address) & PTE_ADDRESS);
}

void ukplat_pages_collapse(struct ukplat_space *space, uintptr_t address)
{
}
