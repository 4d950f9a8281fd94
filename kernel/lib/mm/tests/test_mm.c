/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: mm/brk.c mm/commit.c mm/fault.c mm/map.c mm/mm.c mm/pages.c mm/protect.c mm/read.c
 * mm/remap.c mm/source.c mm/tree.c mm/vma.c pagealloc/pagealloc.c kmalloc/kmalloc.c */
/*
 * Models of two address spaces, one entry per page, are changed along with the real ones by random
 * operations; results, protections and contents must agree. Both map the same file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/debugger.h>
#include <uk/linux/mman.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "../tree.h"
#include "check.h"
#include "page_tables.h"

CHECK_DEFINE_PANIC

bool uk_debugger;

#define FILE_PAGES 24 /* at most */
#define SPACES	   2

/*
 * A file whose pages are in memory that the allocator does not own, until they are written: then
 * they are the file's own. There is nothing past its size.
 */
static unsigned char *initial;
static uk_paddr_t own[FILE_PAGES];
static unsigned int file_pages = FILE_PAGES;
static unsigned char file_values[FILE_PAGES];
static bool ever[FILE_PAGES][256]; /* values that a page has had */

void (*uk_vnode_unmap_mappings)(struct uk_vnode *vnode, u64 first, u64 end);

static int file_page(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame)
{
	if (index >= file_pages)
		return -ENXIO;
	if (for_write && !own[index]) {
		own[index] = uk_page_alloc();
		CHECK(own[index]);
		memcpy(uk_page_address(own[index]), initial + index * UK_PAGE_SIZE, UK_PAGE_SIZE);
		uk_vnode_unmap(vnode, index, index + 1);
	}
	*frame = own[index] ? own[index] : (uk_paddr_t)(initial + index * UK_PAGE_SIZE);
	uk_page_get(*frame);
	return 0;
}

static bool file_resident(struct uk_vnode *vnode, u64 index)
{
	return index < file_pages && index % 7;
}

static const struct uk_vnode_operations file_operations = {
	.page = file_page,
	.resident = file_resident,
};
static struct uk_vnode vnode = {.operations = &file_operations, .references = 1};
static struct uk_file file = {
	.references = 1,
	.mode = UK_FILE_READ | UK_FILE_WRITE,
	.vnode = &vnode,
};

void uk_file_release(struct uk_file *released)
{
	CHECK(false);
}

/* Counts the VMAs in the list of the file's vnode. */
static unsigned int mappings_of_file(void)
{
	unsigned int count = 0;

	for (const struct vma_node *node = vnode.mappings; node; node = node->next_mapping)
		count++;
	return count;
}

static void set_file_value(unsigned int index, unsigned char value)
{
	file_values[index] = value;
	ever[index][value] = true;
}

/* Pages past a new end are dropped; an extension is zero. */
static void truncate_file(unsigned int pages)
{
	if (pages < file_pages)
		uk_vnode_unmap(&vnode, pages, UINT64_MAX);
	for (unsigned int i = pages; i < file_pages; i++) {
		if (own[i])
			uk_page_put(own[i]);
		own[i] = 0;
	}
	for (unsigned int i = file_pages; i < pages; i++) {
		memset(initial + i * UK_PAGE_SIZE, 0, UK_PAGE_SIZE);
		set_file_value(i, 0);
	}
	file_pages = pages;
}

/* The model of the address space. */
static struct model {
	bool mapped, from_file, shared;
	bool is_own; /* differs from the source */
	unsigned char value;
	u32 prot, index; /* of the file's page */
} models[SPACES][PAGES];

/* The current address space of the test: its object, its model, its page tables. */
static struct uk_mm *mms[SPACES], *mm;
static struct model *model;
static struct uk_pte *table;

static void choose(unsigned int number)
{
	mm = mms[number];
	model = models[number];
	table = mm->space->table;
}

static bool allows(u32 prot, u32 access)
{
	return access == UK_PROT_READ ? prot != 0 : prot & access;
}

/* Does what the processor does: check the table, fault, check again. */
static int touch(unsigned int page, u32 access, unsigned char **memory)
{
	for (int tries = 0; tries < 2; tries++) {
		struct uk_pte *pte = &table[page];
		int result;

		if (pte->present && allows(pte->prot & 7, access) &&
		    (access != UK_PROT_WRITE || pte->prot & UK_PROT_WRITE)) {
			*memory = (unsigned char *)pte->frame;
			return 0;
		}
		CHECK(tries == 0);
		result = uk_mm_fault(mm, ADDRESS(page) + 123, access);
		if (result)
			return result;
	}
	return -1;
}

static void check_page(unsigned int page, u32 access)
{
	unsigned char *memory;
	int result = touch(page, access, &memory);

	if (!model[page].mapped) {
		CHECK(result == -EFAULT);
		return;
	}
	if (!allows(model[page].prot, access)) {
		CHECK(result == -EACCES);
		return;
	}
	if (model[page].from_file && model[page].index >= file_pages) {
		CHECK(result == -ENXIO);
		return;
	}
	CHECK(result == 0);
	CHECK(memory[0] == memory[UK_PAGE_SIZE - 1]);
	/* A private page may have been copied along with another one, before the file changed. */
	if (!model[page].from_file || model[page].is_own)
		CHECK(memory[0] == model[page].value);
	else if (model[page].shared)
		CHECK(memory[0] == file_values[model[page].index]);
	else
		CHECK(ever[model[page].index][memory[0]]);
	CHECK(!(table[page].prot & UK_PTE_COPY) || !(table[page].prot & UK_PROT_WRITE));
	/* A page that the program has written to is its own, unless it is shared with the file. */
	if (model[page].shared)
		CHECK(table[page].prot & UK_PTE_SOURCE);
	else if (model[page].is_own)
		CHECK(!(table[page].prot & UK_PTE_SOURCE));
	else if (table[page].prot & UK_PTE_SOURCE)
		CHECK(table[page].prot & UK_PTE_COPY);
}

/* The kernel reads what the program reads, and present pages without PROT_READ too. */
static void read_page(unsigned int page)
{
	unsigned char byte = 0, *memory;
	size_t missing = uk_mm_read(mm, &byte, ADDRESS(page) + 123, 1);
	int result = touch(page, UK_PROT_READ, &memory);

	if (result == 0)
		CHECK(missing == 0 && byte == memory[123]);
	else
		CHECK(missing == 1 || (result == -EACCES && table[page].present));
}

static void write_page(unsigned int page, unsigned char value)
{
	unsigned char *memory;

	check_page(page, UK_PROT_WRITE);
	if (!model[page].mapped || !(model[page].prot & UK_PROT_WRITE) ||
	    (model[page].from_file && model[page].index >= file_pages))
		return;
	CHECK(touch(page, UK_PROT_WRITE, &memory) == 0);
	memset(memory, value, UK_PAGE_SIZE);
	if (model[page].shared) {
		set_file_value(model[page].index, value);
	} else {
		model[page].is_own = true;
		model[page].value = value;
	}
}

static unsigned int mapped_run(unsigned int page, unsigned int count)
{
	unsigned int run = 0;

	while (run < count && model[page + run].mapped)
		run++;
	return run;
}

static void do_map(unsigned int page, unsigned int count, u32 prot)
{
	uintptr_t result;

	CHECK(uk_mm_map(mm, ADDRESS(page), count * UK_PAGE_SIZE - 100, prot, UK_VMA_FIXED,
			UK_VMA_ANONYMOUS, NULL, &result) == 0);
	CHECK(result == ADDRESS(page));
	for (unsigned int i = 0; i < count; i++)
		model[page + i] = (struct model){.mapped = true, .prot = prot};
}

static void do_map_file(unsigned int page, unsigned int count, u32 prot, unsigned int index,
			bool shared)
{
	struct uk_mm_source source = {.file = &file, .offset = index * UK_PAGE_SIZE};
	uintptr_t result;

	CHECK(uk_mm_map(mm, ADDRESS(page), count * UK_PAGE_SIZE, prot,
			UK_VMA_FIXED | (shared ? UK_VMA_SHARED : 0), UK_VMA_FILE, &source,
			&result) == 0);
	for (unsigned int i = 0; i < count; i++)
		model[page + i] = (struct model){.mapped = true,
						 .from_file = true,
						 .shared = shared,
						 .prot = prot,
						 .index = index + i};
}

static void do_truncate(unsigned int pages)
{
	/* Private copies past the end are dropped too. */
	for (unsigned int i = 0; pages < file_pages && i < SPACES * PAGES; i++) {
		struct model *truncated = &models[i / PAGES][i % PAGES];

		if (truncated->from_file && truncated->index >= pages)
			truncated->is_own = false;
	}
	truncate_file(pages);
}

static void do_unhinted(unsigned int count, u32 prot)
{
	uintptr_t result;
	unsigned int page;

	if (uk_mm_map(mm, 0, count * UK_PAGE_SIZE, prot, 0, UK_VMA_ANONYMOUS, NULL, &result)) {
		/* There must be no gap of this length. */
		for (unsigned int i = 0; i + count <= PAGES; i++) {
			unsigned int free = 0;

			while (free < count && !model[i + free].mapped)
				free++;
			CHECK(free < count);
		}
		return;
	}
	page = (unsigned int)((result - BASE) / UK_PAGE_SIZE);
	for (unsigned int i = page; i < page + count; i++) {
		CHECK(!model[i].mapped);
		model[i] = (struct model){.mapped = true, .prot = prot};
	}
}

static void do_remap(unsigned int page, unsigned int count, unsigned int new_count)
{
	const struct uk_vma *vma = uk_mm_find(mm, ADDRESS(page));
	bool inside = vma && vma->end >= ADDRESS(page + count);
	struct model copy[PAGES];
	uintptr_t result = 0;
	unsigned int to;
	int error;

	error = uk_mm_remap(mm, ADDRESS(page), count * UK_PAGE_SIZE, new_count * UK_PAGE_SIZE,
			    MREMAP_MAYMOVE, 0, &result);

	if (new_count <= count && vma) {
		/* Shrinking unmaps everything in the range (Linux, mm/mremap.c). */
		CHECK(error == 0 && result == ADDRESS(page));
		memset(&model[page + new_count], 0, (count - new_count) * sizeof(*model));
		return;
	}
	if (!inside) {
		CHECK(error == -EFAULT);
		return;
	}
	if (error) {
		CHECK(error == -ENOMEM && new_count > count);
		return;
	}
	to = (unsigned int)((result - BASE) / UK_PAGE_SIZE);
	memcpy(copy, &model[page], count * sizeof(*copy));
	memset(&model[page], 0, count * sizeof(*copy));
	for (unsigned int i = 0; i < new_count; i++) {
		CHECK(!model[to + i].mapped);
		model[to + i] = i < count ? copy[i] : copy[0];
		if (i >= count) {
			model[to + i].is_own = false;
			model[to + i].value = 0;
			model[to + i].index = copy[0].index + i;
		}
	}
}

static void operate(uint64_t *state)
{
	unsigned int page = (unsigned int)(check_random(state) % PAGES);
	unsigned int count = 1 + (unsigned int)(check_random(state) % 24);
	u32 prot = (u32)(check_random(state) % 8);
	unsigned int run;
	int error;

	count = count > PAGES - page ? PAGES - page : count;
	run = mapped_run(page, count);
	switch (check_random(state) % 14) {
	case 0:
		do_map(page, count, prot);
		break;
	case 1:
	case 12:
		do_map_file(page, count, prot, (unsigned int)(check_random(state) % FILE_PAGES),
			    check_random(state) % 2);
		break;
	case 13:
		if (check_random(state) % 8 == 0)
			do_truncate((unsigned int)(check_random(state) % (FILE_PAGES + 1)));
		break;
	case 2:
		do_unhinted(count, prot);
		break;
	case 3:
		CHECK(uk_mm_unmap(mm, ADDRESS(page), count * UK_PAGE_SIZE) == 0);
		memset(&model[page], 0, count * sizeof(*model));
		break;
	case 4:
		error = uk_mm_protect(mm, ADDRESS(page), count * UK_PAGE_SIZE, prot);
		CHECK(error == (run == count ? 0 : -ENOMEM));
		for (unsigned int i = page; i < page + run; i++)
			model[i].prot = prot;
		break;
	case 5:
		error = uk_mm_discard(mm, ADDRESS(page), count * UK_PAGE_SIZE);
		CHECK(error == (run == count ? 0 : -ENOMEM));
		for (unsigned int i = page; i < page + count; i++) {
			model[i].is_own = false;
			model[i].value = 0;
		}
		break;
	case 6:
		do_remap(page, count, 1 + (unsigned int)(check_random(state) % 12));
		break;
	case 7:
	case 8:
		write_page(page, (unsigned char)check_random(state));
		break;
	default:
		if (check_random(state) % 2)
			read_page(page);
		check_page(page, 1u << check_random(state) % 3);
	}
}

/* Leaves only the model's range free. */
static void fill_outside(void)
{
	uintptr_t result;

	CHECK(uk_mm_map(mm, LOWEST, BASE - LOWEST, 0, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL,
			&result) == 0);
	CHECK(uk_mm_map(mm, TOP, UK_GUEST_END - TOP, 0, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL,
			&result) == 0);
}

static void test_model(uint64_t state)
{
	unsigned int mappings = 0;

	for (int round = 0; round < 60000; round++) {
		choose((unsigned int)(check_random(&state) % SPACES));
		operate(&state);
	}
	for (unsigned int number = 0; number < SPACES; number++) {
		choose(number);
		for (unsigned int page = 0; page < PAGES; page++)
			check_page(page, UK_PROT_READ);
		for (const struct uk_vma *vma = uk_mm_next(mm, 0); vma;
		     vma = uk_mm_next(mm, vma->end))
			mappings += vma->source.file == &file;
	}
	CHECK(mappings_of_file() == mappings);
	for (unsigned int number = 0; number < SPACES; number++) {
		choose(number);
		CHECK(uk_mm_unmap(mm, BASE, PAGES * UK_PAGE_SIZE) == 0);
		memset(model, 0, sizeof(models[0]));
		for (unsigned int page = 0; page < PAGES; page++)
			CHECK(!table[page].present);
		CHECK(uk_mm_resident(mm) == 0 && uk_mm_next(mm, BASE)->start == TOP);
	}
	CHECK(file.references == 1 && mappings_of_file() == 0 && vnode.mapped_for_write == 0);
}

/* Putting the last reference frees the address space's pages, references and space. */
static void test_last_reference(void)
{
	size_t free_pages = uk_page_statistics().free;
	unsigned char *memory;

	mms[1] = uk_mm_create();
	CHECK(mms[1] && spaces == SPACES);
	choose(0);
	do_map_file(0, 4, 3, 0, true);
	choose(1);
	do_map_file(0, 4, 3, 0, false);
	do_map(8, 4, 3);
	write_page(1, 77);
	write_page(9, 78);
	CHECK(mappings_of_file() == 2 && file.references == 3);
	choose(0);
	/* The other space's private copy is not visible here. */
	CHECK(touch(1, UK_PROT_READ, &memory) == 0 && memory[0] == file_values[1]);
	uk_mm_put(uk_mm_get(mms[1]));
	CHECK(spaces == SPACES);
	uk_mm_put(mms[1]);
	CHECK(spaces == SPACES - 1 && mappings_of_file() == 1 && file.references == 2);
	CHECK(uk_mm_unmap(mm, BASE, PAGES * UK_PAGE_SIZE) == 0);
	memset(models, 0, sizeof(models));
	CHECK(uk_page_statistics().free + 4 >= free_pages);
}

static void test_limits(void)
{
	size_t all = uk_page_statistics().total * UK_PAGE_SIZE;
	uintptr_t result;

	CHECK(uk_mm_map(mm, 0, 0, 3, 0, UK_VMA_ANONYMOUS, NULL, &result) == -EINVAL);
	CHECK(uk_mm_map(mm, 0, SIZE_MAX, 0, 0, UK_VMA_ANONYMOUS, NULL, &result) == -ENOMEM);
	CHECK(uk_mm_map(mm, 0x1000, 4096, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL, &result) ==
	      -EPERM);
	CHECK(uk_mm_map(mm, BASE + 1, 4096, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL, &result) ==
	      -EINVAL);
	CHECK(uk_mm_map(mm, UK_GUEST_END - 4096, 8192, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL,
			&result) == -ENOMEM);
	uk_mm_set_mmap_top(mm, UK_GUEST_END);
	CHECK(uk_mm_map(mm, 0, all, 3, 0, UK_VMA_ANONYMOUS, NULL, &result) == -ENOMEM);
	CHECK(uk_mm_map(mm, 0, 1UL << 44, 3, UK_VMA_NORESERVE, UK_VMA_ANONYMOUS, NULL, &result) ==
	      0);
	CHECK(uk_mm_unmap(mm, result, 1UL << 44) == 0);
	CHECK(uk_mm_map(mm, 0, 1UL << 44, 0, 0, UK_VMA_ANONYMOUS, NULL, &result) == 0);
	CHECK(uk_mm_protect(mm, result, 1UL << 44, 3) == -ENOMEM);
	CHECK(uk_mm_unmap(mm, result, 1UL << 44) == 0);
	CHECK(uk_mm_unmap(mm, BASE + 1, 4096) == -EINVAL && uk_mm_unmap(mm, BASE, 0) == -EINVAL);
	CHECK(uk_mm_unmap(mm, BASE, SIZE_MAX - 4095) == -EINVAL);
	CHECK(uk_mm_remap(mm, BASE, 4096, 0, 0, 0, &result) == -EINVAL);
	uk_mm_set_mmap_top(mm, TOP);
}

static void test_heap(void)
{
	uk_mm_brk_init(mm, ADDRESS(10));
	CHECK(uk_mm_brk(mm, 0) == ADDRESS(10));
	CHECK(uk_mm_brk(mm, ADDRESS(12) + 5) == ADDRESS(12) + 5);
	model[12] = (struct model){.mapped = true, .prot = 3};
	write_page(12, 9);
	CHECK(uk_mm_brk(mm, ADDRESS(11)) == ADDRESS(11));
	model[12].mapped = false;
	check_page(12, UK_PROT_READ);
	CHECK(uk_mm_brk(mm, ADDRESS(13)) == ADDRESS(13));
	model[12] = (struct model){.mapped = true, .prot = 3};
	check_page(12, UK_PROT_READ);
	CHECK(uk_mm_brk(mm, ADDRESS(1)) == ADDRESS(13));
	CHECK(uk_mm_brk(mm, UINTPTR_MAX) == ADDRESS(13));
	do_map(20, 1, 3);
	CHECK(uk_mm_brk(mm, ADDRESS(21)) == ADDRESS(13));
	CHECK(uk_mm_brk(mm, ADDRESS(20)) == ADDRESS(20));
	CHECK(uk_mm_unmap(mm, BASE, PAGES * UK_PAGE_SIZE) == 0);
	memset(model, 0, sizeof(models[0]));
}

/* What is allowed for a file that is only open for reading. */
static void test_permissions(void)
{
	struct uk_mount mount = {.flags = MS_NOEXEC};
	uintptr_t result;

	file.mode = UK_FILE_READ;
	do_map_file(0, 3, UK_PROT_READ, 0, true);
	CHECK(mappings_of_file() == 1 && vnode.mapped_for_write == 0);
	CHECK(uk_mm_protect(mm, ADDRESS(1), UK_PAGE_SIZE, 3) == -EACCES);
	CHECK(uk_mm_protect(mm, ADDRESS(1), UK_PAGE_SIZE, UK_PROT_EXEC) == 0);
	CHECK(mappings_of_file() == 3 && file.references == 4);
	CHECK(uk_mm_protect(mm, ADDRESS(1), UK_PAGE_SIZE, UK_PROT_READ) == 0);
	CHECK(mappings_of_file() == 1 && file.references == 2);
	/* Two views of one page; the source of its copy is not read again. */
	CHECK(uk_mm_remap(mm, ADDRESS(0), 0, UK_PAGE_SIZE, MREMAP_MAYMOVE, 0, &result) == 0);
	CHECK(mappings_of_file() == 2);
	do_map_file(0, 3, UK_PROT_READ, 0, false);
	CHECK(uk_mm_protect(mm, ADDRESS(0), UK_PAGE_SIZE, 3) == 0);
	file.path.mount = &mount;
	CHECK(uk_mm_protect(mm, ADDRESS(0), UK_PAGE_SIZE, UK_PROT_EXEC) == -EACCES);
	file.path.mount = NULL;
	CHECK(uk_mm_unmap(mm, BASE, PAGES * UK_PAGE_SIZE) == 0);
	file.mode |= UK_FILE_WRITE;
	memset(model, 0, sizeof(models[0]));
}

/* Consecutive frames, which stay their owner's. */
static void test_frames(void)
{
	struct uk_mm_source source = {.frames = (uk_paddr_t)initial, .size = 2 * UK_PAGE_SIZE};
	unsigned char *memory;
	uintptr_t result;

	CHECK(uk_mm_map(mm, BASE, 3 * UK_PAGE_SIZE, 3, UK_VMA_FIXED, UK_VMA_VDSO, &source,
			&result) == 0);
	CHECK(touch(1, UK_PROT_READ, &memory) == 0 && memory[0] == 2);
	CHECK(touch(1, UK_PROT_WRITE, &memory) == 0 && memory[0] == 2);
	memory[0] = 99;
	CHECK(touch(2, UK_PROT_READ, &memory) == 0 && memory[0] == 0);
	CHECK(initial[UK_PAGE_SIZE] == 2);
	CHECK(uk_mm_unmap(mm, BASE, PAGES * UK_PAGE_SIZE) == 0);
}

int main(void)
{
	char *memory = aligned_alloc(4UL << 20, 16UL << 20);
	size_t free_pages;

	CHECK(memory);
	uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + (16UL << 20));
	initial = aligned_alloc(UK_PAGE_SIZE, FILE_PAGES * UK_PAGE_SIZE);
	CHECK(initial);
	for (unsigned int i = 0; i < FILE_PAGES; i++) {
		memset(initial + i * UK_PAGE_SIZE, (int)i + 1, UK_PAGE_SIZE);
		set_file_value(i, (unsigned char)(i + 1));
	}
	for (unsigned int number = 0; number < SPACES; number++) {
		mms[number] = uk_mm_create();
		CHECK(mms[number]);
		choose(number);
		uk_mm_set_mmap_top(mm, TOP);
		if (number > 0)
			fill_outside();
	}
	choose(0);
	test_frames();
	test_heap();
	test_limits();
	fill_outside();
	test_permissions();
	free_pages = uk_page_statistics().free;
	for (uint64_t seed = 1; seed <= 6; seed++)
		test_model(seed * 0x9e3779b97f4a7c15);
	uk_mm_put(mms[1]);
	test_last_reference();
	truncate_file(0);
	/* The kernel's heap keeps some. */
	CHECK(uk_page_statistics().free + 16 >= free_pages);
	return 0;
}
