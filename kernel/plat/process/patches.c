/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From trap to call: the site of a trapped `syscall` is replaced by a jump, planned by lib/patch,
 * and written through the kernel's view of the page. Trampolines lie in blocks near the text.
 */
#include <uk/alloc.h>
#include <uk/mm.h>
#include <uk/patch.h>
#include <uk/string.h>

#include "platform.h"

#define BLOCK_ORDER    4
#define BLOCK_SIZE     (UK_PAGE_SIZE << BLOCK_ORDER)
#define BLOCKS_MAX     16
#define SLOT_SIZE      16	    /* at a block's start: the entry's address */
#define REACH	       0x70000000UL /* bytes; less than jmp rel32 has, so that all of both is in reach */
#define MAPS_STEP      64
#define TRAPPING_SITES 256 /* remembered, by a hash of their address */
#define COPIES_MAX     512

struct block {
	uintptr_t address;
	uk_paddr_t frames;
	size_t used;
};

static struct block blocks[BLOCKS_MAX];
static unsigned int block_count;
static struct uk_patch_map *maps; /* of all sites that were patched */
static unsigned int map_count, map_room;
static bool is_patching; /* pages change because of a patch */
static struct trapping_site {
	u64 address;
	unsigned int traps;
	bool is_refused;
} trapping_sites[TRAPPING_SITES];
static struct process_patches counts;

const struct process_patches *patches_counts(void)
{
	return &counts;
}

/* Pages of the file's text that a patch made the program's own: the kernel's view of the file has
 * the same bytes. */
static struct {
	uintptr_t page;
	uk_paddr_t frame;
} copies[COPIES_MAX];
static unsigned int copy_count;

static bool is_copy(uintptr_t page, uk_paddr_t frame)
{
	for (unsigned int i = 0; i < copy_count; i++) {
		if (copies[i].page == page && copies[i].frame == frame)
			return true;
	}
	return false;
}

/* The text around address as the kernel sees it: *whole, the segment as in its file and patched,
 * else one page. Where the program has written to it, the page is not the file's. */
static bool find_window(u64 address, struct uk_patch_site *site, bool *whole)
{
	const struct uk_vma *vma = uk_mm_find(address);
	uintptr_t page = ALIGN_DOWN(address, UK_PAGE_SIZE);
	struct uk_pte pte = ukplat_page_query(page, NULL);

	if (!vma || !pte.present || !(vma->prot & UK_PROT_EXEC))
		return false;
	*whole = vma->source.frames && (pte.frame == vma->source.frames + (page - vma->start) ||
					is_copy(page, pte.frame));
	if (*whole) {
		site->window_address = vma->start;
		site->window = uk_page_address(vma->source.frames);
		site->window_size = MIN(vma->source.size, vma->end - vma->start);
	} else {
		site->window_address = page;
		site->window = uk_page_address(pte.frame);
		site->window_size = UK_PAGE_SIZE;
	}
	return true;
}

static bool in_reach(uintptr_t block, u64 address)
{
	return block - address + REACH <= 2 * REACH;
}

/* A block with room for a trampoline, near address; NULL when there is none. */
static struct block *find_block(u64 address)
{
	struct block *block;
	struct uk_mm_source source = {.size = BLOCK_SIZE};
	const u64 entry = (u64)syscall_entry;

	for (block = blocks; block < blocks + block_count; block++) {
		if (in_reach(block->address, address) &&
		    block->used + UK_PATCH_TRAMPOLINE_MAX <= BLOCK_SIZE)
			return block;
	}
	if (block_count == BLOCKS_MAX)
		return NULL;
	source.frames = uk_page_alloc_order(BLOCK_ORDER);
	if (!source.frames)
		return NULL;
	memset(uk_page_address(source.frames), 0xcc /* int3 */, BLOCK_SIZE);
	memcpy(uk_page_address(source.frames), &entry, sizeof(entry));
	/* A hint below the text; what follows it may be the heap's. */
	if (uk_mm_map(ALIGN_DOWN(address, REACH / 16) - BLOCK_SIZE, BLOCK_SIZE,
		      UK_PROT_READ | UK_PROT_EXEC, 0, UK_VMA_TRAMPOLINES, &source, &block->address))
		return NULL;
	if (!in_reach(block->address, address)) {
		uk_mm_unmap(block->address, BLOCK_SIZE);
		return NULL;
	}
	block->frames = source.frames;
	block->used = SLOT_SIZE;
	block_count++;
	return block;
}

/* Gives the program's page the bytes of the window: a page of the file becomes its own first.
 * False without memory. */
static bool update_page(const struct uk_patch_site *site, uintptr_t page)
{
	const u8 *bytes = site->window + (page - site->window_address);
	struct uk_pte pte;

	/* Else it would come from the file later, as it was. */
	if (!ukplat_page_query(page, NULL).present && uk_mm_fault(page, UK_PROT_EXEC))
		return false;
	pte = ukplat_page_query(page, NULL);
	if (pte.prot & UK_PTE_BORROWED) {
		if (copy_count == COPIES_MAX)
			return false;
		pte.frame = uk_page_alloc();
		if (!pte.frame)
			return false;
		copies[copy_count].page = page;
		copies[copy_count++].frame = pte.frame;
		if (ukplat_page_map(page, pte.frame, UK_PROT_READ | UK_PROT_EXEC))
			return false;
	}
	memcpy(uk_page_address(pte.frame), bytes, UK_PAGE_SIZE);
	return true;
}

/* Writes code through the kernel's view, which is writable; then the program's pages follow. Where
 * memory runs out, the program keeps the old bytes of a page: then nothing may be written. */
static bool write_code(const struct uk_patch_site *site, const struct uk_patch_write *write,
		       bool whole)
{
	uintptr_t first = ALIGN_DOWN(write->address, UK_PAGE_SIZE);
	uintptr_t last = ALIGN_DOWN(write->address + write->size - 1, UK_PAGE_SIZE);
	u8 *to = (u8 *)(uintptr_t)site->window + (write->address - site->window_address);

	/* Both pages are the program's own before either changes. */
	if (whole && (!update_page(site, first) || !update_page(site, last)))
		return false;
	memcpy(to, write->bytes, write->size);
	/* A window of one page is the program's page itself. */
	return !whole || (update_page(site, first) && update_page(site, last));
}

static bool keep_map(const struct uk_patch_map *map)
{
	struct uk_patch_map *larger;

	if (map_count == map_room) {
		larger = uk_malloc((map_room + MAPS_STEP) * sizeof(*maps));
		if (!larger)
			return false;
		memcpy(larger, maps, map_count * sizeof(*maps));
		uk_free(maps);
		maps = larger;
		map_room += MAPS_STEP;
	}
	maps[map_count++] = *map;
	return true;
}

/* Whether it is time to plan, which costs more than some traps: when a site comes back and, as
 * another number may have another plan, ever more rarely after a refusal. */
static bool is_due(struct trapping_site *trapping, u64 address)
{
	if (trapping->address != address)
		*trapping = (struct trapping_site){.address = address};
	trapping->traps++;
	return trapping->traps > 1 && (trapping->traps & (trapping->traps - 1)) == 0;
}

u64 patches_try(u64 address, u64 number)
{
	struct uk_patch_site site = {
		.address = address,
		.number = number,
		.trampoline_capacity = UK_PATCH_TRAMPOLINE_MAX,
	};
	static struct uk_patch patch;
	struct trapping_site *trapping = &trapping_sites[(address ^ address >> 8) % TRAPPING_SITES];
	struct block *block;
	u8 *trampoline;
	bool whole;

	counts.traps++;
	if (!is_due(trapping, address) || !find_window(address, &site, &whole) ||
	    copy_count + 2 > COPIES_MAX)
		return address + UK_PATCH_SYSCALL_SIZE;
	block = find_block(address);
	if (!block)
		return address + UK_PATCH_SYSCALL_SIZE;
	site.slot = block->address;
	site.trampoline = block->address + block->used;
	site.trampolines = uk_page_address(block->frames + SLOT_SIZE);
	site.trampolines_address = block->address + SLOT_SIZE;
	site.trampolines_size = block->used - SLOT_SIZE;
	uk_patch_plan(&site, &patch);
	/* Of one page, branches from other pages into the site are not seen. */
	if (patch.form == UK_PATCH_REFUSED || (!whole && patch.form != UK_PATCH_MOV) ||
	    !keep_map(&patch.map)) {
		counts.forms[UK_PATCH_REFUSED] += !trapping->is_refused;
		trapping->is_refused = true;
		return address + UK_PATCH_SYSCALL_SIZE;
	}
	counts.forms[UK_PATCH_REFUSED] -= trapping->is_refused;
	counts.forms[patch.form]++;
	trampoline = uk_page_address(block->frames + block->used);
	memcpy(trampoline, patch.trampoline, patch.map.trampoline_size);
	block->used += ALIGN_UP((size_t)patch.map.trampoline_size, 8UL);
	/* The order of the writes is such that the site works as it is after any of them. */
	is_patching = true;
	for (size_t i = 0; i < patch.write_count; i++) {
		if (!write_code(&site, &patch.writes[i], whole))
			break;
	}
	is_patching = false;
	return patch.resume;
}

void patches_forget(uintptr_t page)
{
	unsigned int kept = 0;

	if (is_patching)
		return;
	for (unsigned int i = 0; i < map_count; i++) {
		if (ALIGN_DOWN(maps[i].start, UK_PAGE_SIZE) != page)
			maps[kept++] = maps[i];
	}
	map_count = kept;
}

u64 patches_to_trampoline(u64 ip)
{
	for (unsigned int i = 0; i < map_count; i++) {
		if (uk_patch_to_trampoline(&maps[i], &ip))
			break;
	}
	return ip;
}

u64 patches_to_original(u64 ip)
{
	for (unsigned int i = 0; i < map_count; i++) {
		if (uk_patch_to_original(&maps[i], &ip))
			break;
	}
	return ip;
}
