/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From trap to call: the site of a trapped `syscall` is replaced by a jump, planned by lib/patch,
 * and written through the kernel's view of the page. Trampolines are in blocks near the text.
 */
#include <uk/alloc.h>
#include <uk/debugger.h>
#include <uk/mm.h>
#include <uk/patch.h>
#include <uk/string.h>

#include "platform.h"
#include "space.h"

/* The first block is one page, which is enough for most programs that end soon. */
#define BLOCK_ORDER    4
#define SLOT_SIZE      16 /* at the start of a block: the entry's address */
/* bytes; less than the range of jmp rel32, so that all of text and block is in reach */
#define REACH	       0x70000000UL
/* between the places where a block may be; a power of two */
#define PLACE_DISTANCE 0x4000000UL
#define MAPS_STEP      64
#define WINDOW_MAX     (UK_PAGE_SIZE << UK_PAGE_ORDER_MAX)
/* Planning with the text of a large library takes as long as hundreds of traps: wait for some of
 * them. */
#define WINDOW_CHEAP   (1UL << 20)
#define TRAPS_DEAR     64

static struct linux_patches counts;

const struct linux_patches *patches_counts(void)
{
	return &counts;
}

/* Copies text as the program sees it, page by page, into contiguous kernel memory; or NULL. */
static u8 *copy_text(const struct uk_vma *vma)
{
	size_t size = vma->end - vma->start;
	u8 *copy = size <= WINDOW_MAX ? uk_malloc(size) : NULL;

	for (size_t offset = 0; copy && offset < size; offset += UK_PAGE_SIZE) {
		uintptr_t page = vma->start + offset;

		/* There are no pages past the end of the file. */
		if (!ukplat_page_query(&space_current->space, page, NULL).present &&
		    uk_mm_fault(uk_mm_current(), page, UK_PROT_EXEC))
			memset(copy + offset, 0xcc /* int3 */, UK_PAGE_SIZE);
		else
			memcpy(copy + offset,
			       uk_page_address(
				       ukplat_page_query(&space_current->space, page, NULL).frame),
			       UK_PAGE_SIZE);
	}
	return copy;
}

static void set_window(struct uk_patch_site *site, uintptr_t address, const u8 *bytes, size_t size)
{
	site->window_address = address;
	site->window = bytes;
	site->window_size = size;
}

static bool in_reach(uintptr_t block, u64 address)
{
	return block - address + REACH <= 2 * REACH;
}

/* Maps a block below the text, since the heap may follow the text: at the first of some places that
 * is free, so that it does not depend on the program's address. */
static bool map_block(struct patch_block *block, u64 address)
{
	const struct uk_mm_source source = {.frames = block->frames, .size = block->size};
	const u32 prot = UK_PROT_READ | UK_PROT_EXEC;

	for (uintptr_t end = ALIGN_DOWN(address, PLACE_DISTANCE);
	     end > UK_MM_LOWEST + block->size && in_reach(end - block->size, address);
	     end -= PLACE_DISTANCE) {
		if (uk_mm_map(uk_mm_current(), end - block->size, block->size, prot,
			      UK_VMA_NOREPLACE, UK_VMA_TRAMPOLINES, &source, &block->address) == 0)
			return true;
	}
	return in_reach(UK_MM_LOWEST, address) &&
	       uk_mm_map(uk_mm_current(), UK_MM_LOWEST, block->size, prot, UK_VMA_NOREPLACE,
			 UK_VMA_TRAMPOLINES, &source, &block->address) == 0;
}

static void put_frames(const struct patch_block *block)
{
	for (size_t offset = 0; offset < block->size; offset += UK_PAGE_SIZE)
		uk_page_put(block->frames + offset);
}

static void get_frames(const struct patch_block *block)
{
	uk_page_get_run(block->frames, block->size >> UK_PAGE_SHIFT);
}

int patches_fork(const struct patches *from, struct patches *to)
{
	unsigned int count = from->inherited_count + from->block_count;

	if (!count)
		return 0;
	to->inherited = uk_malloc(count * sizeof(*to->inherited));
	to->maps = uk_malloc(from->map_room * sizeof(*to->maps));
	if (!to->inherited || (from->map_room && !to->maps))
		return -ENOMEM;
	memcpy(to->maps, from->maps, from->map_count * sizeof(*to->maps));
	to->map_count = from->map_count;
	to->map_room = from->map_room;
	memcpy(to->inherited, from->inherited, from->inherited_count * sizeof(*to->inherited));
	memcpy(to->inherited + from->inherited_count, from->blocks,
	       from->block_count * sizeof(*to->inherited));
	to->inherited_count = count;
	for (unsigned int i = 0; i < count; i++)
		get_frames(&to->inherited[i]);
	return 0;
}

void patches_deinit(struct patches *patches)
{
	for (unsigned int i = 0; i < patches->inherited_count; i++)
		put_frames(&patches->inherited[i]);
	uk_free(patches->inherited);
	for (unsigned int i = 0; i < patches->block_count; i++)
		put_frames(&patches->blocks[i]);
	uk_free(patches->maps);
}

/* Returns a block near address with room for a trampoline, or NULL. */
static struct patch_block *find_block(struct patches *patches, u64 address)
{
	struct patch_block *block;
	const u64 entry = (u64)syscall_entry;
	unsigned int order;

	for (block = patches->blocks; block < patches->blocks + patches->block_count; block++) {
		if (in_reach(block->address, address) &&
		    block->used + UK_PATCH_TRAMPOLINE_MAX <= block->size)
			return block;
	}
	if (patches->block_count == PATCH_BLOCKS)
		return NULL;
	order = patches->block_count ? BLOCK_ORDER : 0;
	block->size = UK_PAGE_SIZE << order;
	block->frames = uk_page_alloc_zeroed_pages(order);
	if (!block->frames)
		return NULL;
	memset(uk_page_address(block->frames), 0xcc /* int3 */, block->size);
	memcpy(uk_page_address(block->frames), &entry, sizeof(entry));
	if (!map_block(block, address)) {
		put_frames(block);
		return NULL;
	}
	block->used = SLOT_SIZE;
	patches->block_count++;
	return block;
}

/* Returns the bytes of a page of text, which becomes the program's own if it was a file's. NULL
 * without memory. */
static u8 *own_page(uintptr_t page)
{
	struct uk_pte pte = ukplat_page_query(&space_current->space, page, NULL);
	uk_paddr_t own;

	if (!(pte.prot & UK_PTE_COPY))
		return uk_page_address(pte.frame);
	own = uk_page_alloc();
	if (!own)
		return NULL;
	memcpy(uk_page_address(own), uk_page_address(pte.frame), UK_PAGE_SIZE);
	/* This cannot fail: the page table exists, only the entry changes. */
	ukplat_page_map(&space_current->space, page, own,
			uk_mm_find(uk_mm_current(), page)->prot | UK_PROT_READ);
	uk_page_put(pte.frame);
	return uk_page_address(own);
}

/* Both pages become the program's own before either changes. False without memory. */
static bool write_code(const struct uk_patch_write *write)
{
	uintptr_t last = write->address + write->size - 1;
	size_t inner = write->address & ~UK_PAGE_MASK;
	size_t part = MIN((size_t)write->size, UK_PAGE_SIZE - inner);
	u8 *first_page = own_page(ALIGN_DOWN(write->address, UK_PAGE_SIZE));
	u8 *last_page = first_page ? own_page(ALIGN_DOWN(last, UK_PAGE_SIZE)) : NULL;

	if (!last_page)
		return false;
	memcpy(first_page + inner, write->bytes, part);
	memcpy(last_page, write->bytes + part, write->size - part);
	return true;
}

static bool keep_map(struct patches *patches, const struct uk_patch_map *map)
{
	struct uk_patch_map *larger;

	if (patches->map_count == patches->map_room) {
		larger = uk_malloc((patches->map_room + MAPS_STEP) * sizeof(*patches->maps));
		if (!larger)
			return false;
		memcpy(larger, patches->maps, patches->map_count * sizeof(*patches->maps));
		uk_free(patches->maps);
		patches->maps = larger;
		patches->map_room += MAPS_STEP;
	}
	patches->maps[patches->map_count++] = *map;
	return true;
}

/* Whether to plan now, which costs more than a few traps: when a site traps again, and, because
 * another number may have another plan, less and less often after a refusal. */
static bool is_due(struct trapping_site *trapping, u64 address)
{
	if (trapping->address != address)
		*trapping = (struct trapping_site){.address = address};
	trapping->traps++;
	return trapping->traps > 1 && (trapping->traps & (trapping->traps - 1)) == 0;
}

/*
 * In a window of one page, branches from other pages into the site are not seen. That is enough for
 * a MOV, which suits most sites, and all that is possible for code that the program generates
 * itself, which may change. Otherwise the plan covers everything that is mapped of the file.
 */
static bool plan(const struct uk_vma *vma, struct uk_patch_site *site, unsigned int traps,
		 struct uk_patch *patch)
{
	uintptr_t page = ALIGN_DOWN(site->address, UK_PAGE_SIZE);
	size_t size = vma->end - vma->start;
	u8 *copy;

	set_window(site, page,
		   uk_page_address(ukplat_page_query(&space_current->space, page, NULL).frame),
		   UK_PAGE_SIZE);
	if (uk_patch_plan(site, patch) == UK_PATCH_MOV)
		return true;
	if (!vma->source.file || (size > WINDOW_CHEAP && traps < TRAPS_DEAR))
		return false;
	copy = copy_text(vma);
	if (!copy)
		return false;
	set_window(site, vma->start, copy, size);
	uk_patch_plan(site, patch);
	uk_free(copy);
	return patch->form != UK_PATCH_REFUSED;
}

/* Returns where the program continues after the patch; 0 if the site stays unchanged. */
static u64 patch_site(struct patches *patches, const struct uk_vma *vma, struct uk_patch_site *site,
		      struct patch_block *block, struct trapping_site *trapping)
{
	static struct uk_patch patch;

	site->slot = block->address;
	site->trampoline = block->address + block->used;
	site->trampolines = uk_page_address(block->frames + SLOT_SIZE);
	site->trampolines_address = block->address + SLOT_SIZE;
	site->trampolines_size = block->used - SLOT_SIZE;
	if (!plan(vma, site, trapping->traps, &patch) || !keep_map(patches, &patch.map)) {
		counts.forms[UK_PATCH_REFUSED] += !trapping->is_refused;
		trapping->is_refused = true;
		return 0;
	}
	counts.forms[UK_PATCH_REFUSED] -= trapping->is_refused;
	counts.forms[patch.form]++;
	memcpy(uk_page_address(block->frames + block->used), patch.trampoline,
	       patch.map.trampoline_size);
	block->used += ALIGN_UP((size_t)patch.map.trampoline_size, 8UL);
	/* The writes are ordered so that the site works after each of them. */
	patches->is_patching = true;
	for (size_t i = 0; i < patch.write_count; i++) {
		if (!write_code(&patch.writes[i]))
			break;
	}
	patches->is_patching = false;
	return patch.resume;
}

/* Whether text may be changed. Text that is shared with a file is not the program's. */
static bool is_patchable(const struct uk_vma *vma)
{
	return vma && vma->prot & UK_PROT_EXEC && !(vma->flags & UK_VMA_SHARED && vma->source.file);
}

u64 patches_try(u64 address, u64 number)
{
	struct uk_patch_site site = {
		.address = address,
		.number = number,
		.trampoline_capacity = UK_PATCH_TRAMPOLINE_MAX,
	};
	struct patches *patches = &space_current->patches;
	struct trapping_site *trapping =
		&patches->trapping_sites[(address ^ address >> 8) % TRAPPING_SITES];
	struct patch_block *block;
	u64 resume = 0;

	counts.traps++;
	/* Finding a block may change the VMAs. */
	if (!uk_debugger && is_due(trapping, address) &&
	    is_patchable(uk_mm_find(uk_mm_current(), address))) {
		block = find_block(patches, address);
		if (block)
			resume = patch_site(patches, uk_mm_find(uk_mm_current(), address), &site,
					    block, trapping);
	}
	return resume ? resume : address + UK_PATCH_SYSCALL_SIZE;
}

void patches_forget(struct patches *patches, uintptr_t page)
{
	unsigned int kept = 0;

	if (patches->is_patching)
		return;
	for (unsigned int i = 0; i < patches->map_count; i++) {
		if (ALIGN_DOWN(patches->maps[i].start, UK_PAGE_SIZE) != page)
			patches->maps[kept++] = patches->maps[i];
	}
	patches->map_count = kept;
}

u64 patches_to_trampoline(u64 ip)
{
	const struct patches *patches = &space_current->patches;

	for (unsigned int i = 0; i < patches->map_count; i++) {
		if (uk_patch_to_trampoline(&patches->maps[i], &ip))
			break;
	}
	return ip;
}

u64 patches_to_original(u64 ip)
{
	const struct patches *patches = &space_current->patches;

	for (unsigned int i = 0; i < patches->map_count; i++) {
		if (uk_patch_to_original(&patches->maps[i], &ip))
			break;
	}
	return ip;
}
