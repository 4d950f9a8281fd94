/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: mm/brk.c mm/commit.c mm/fault.c mm/map.c mm/pages.c mm/protect.c mm/remap.c mm/tree.c
 * mm/vma.c pagealloc/pagealloc.c kmalloc/kmalloc.c */
/*
 * A model of the address space, one entry a page, is changed along with the real one by random
 * operations; results, protections and contents must agree.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/linux/mman.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "check.h"

CHECK_DEFINE_PANIC

#define LOWEST	     0x10000UL
#define PAGES	     400
#define BASE	     0x100000UL
#define TOP	     (BASE + PAGES * UK_PAGE_SIZE)
#define ADDRESS(n)   (BASE + (n)*UK_PAGE_SIZE)
#define SOURCE_PAGES 16

/* The page tables. */
static struct uk_pte table[PAGES];

static struct uk_pte *entry(uintptr_t address)
{
	CHECK(address >= BASE && address < TOP && address % UK_PAGE_SIZE == 0);
	return &table[(address - BASE) / UK_PAGE_SIZE];
}

int ukplat_page_map(uintptr_t address, uk_paddr_t frame, u32 prot)
{
	*entry(address) = (struct uk_pte){frame, prot, true};
	return 0;
}

struct uk_pte ukplat_page_query(uintptr_t address, uintptr_t *next)
{
	struct uk_pte *pte;

	if (address < BASE || address >= TOP) {
		if (next)
			*next = address < BASE ? BASE : UINTPTR_MAX & UK_PAGE_MASK;
		return (struct uk_pte){0};
	}
	pte = entry(address);
	if (!pte->present && next) {
		do {
			address += UK_PAGE_SIZE;
		} while (address < TOP && !entry(address)->present);
		*next = address;
	}
	return *pte;
}

void ukplat_page_unmap(uintptr_t address)
{
	CHECK(entry(address)->present);
	entry(address)->present = false;
}

void ukplat_page_protect(uintptr_t address, u32 prot)
{
	CHECK(entry(address)->present);
	entry(address)->prot = prot | (entry(address)->prot & UK_PTE_BORROWED);
}

/* The model. */
static struct model {
	bool mapped;
	u32 prot;
	unsigned char value, fresh; /* what a byte of the page is now, and after a discard */
} model[PAGES];

static unsigned char *source;

static bool allows(u32 prot, u32 access)
{
	return access == UK_PROT_READ ? prot != 0 : prot & access;
}

/* What the processor does: look at the table, fault, look again. */
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
		result = uk_mm_fault(ADDRESS(page) + 123, access);
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
	CHECK(result == 0);
	CHECK(memory[0] == model[page].value && memory[UK_PAGE_SIZE - 1] == model[page].value);
	/* A borrowed frame must never be written. */
	CHECK(!(table[page].prot & UK_PTE_BORROWED) || !(table[page].prot & UK_PROT_WRITE));
}

static void write_page(unsigned int page, unsigned char value)
{
	unsigned char *memory;

	check_page(page, UK_PROT_WRITE);
	if (!model[page].mapped || !(model[page].prot & UK_PROT_WRITE))
		return;
	CHECK(touch(page, UK_PROT_WRITE, &memory) == 0);
	memset(memory, value, UK_PAGE_SIZE);
	model[page].value = value;
}

static unsigned int mapped_run(unsigned int page, unsigned int count)
{
	unsigned int run = 0;

	while (run < count && model[page + run].mapped)
		run++;
	return run;
}

static void do_map(unsigned int page, unsigned int count, u32 prot, bool from_source)
{
	struct uk_mm_source wanted = {(uk_paddr_t)source, SOURCE_PAGES * UK_PAGE_SIZE};
	uintptr_t result;

	CHECK(uk_mm_map(ADDRESS(page), count * UK_PAGE_SIZE - 100, prot, UK_VMA_FIXED,
			from_source ? UK_VMA_IMAGE : UK_VMA_ANONYMOUS, from_source ? &wanted : NULL,
			&result) == 0);
	CHECK(result == ADDRESS(page));
	for (unsigned int i = 0; i < count; i++) {
		unsigned char value = from_source && i < SOURCE_PAGES ? (unsigned char)(i + 1) : 0;

		model[page + i] = (struct model){true, prot, value, value};
	}
}

static void do_unhinted(unsigned int count, u32 prot)
{
	uintptr_t result;
	unsigned int page;

	if (uk_mm_map(0, count * UK_PAGE_SIZE, prot, 0, UK_VMA_ANONYMOUS, NULL, &result)) {
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
		model[i] = (struct model){true, prot, 0, 0};
	}
}

static void do_remap(unsigned int page, unsigned int count, unsigned int new_count)
{
	const struct uk_vma *vma = uk_mm_find(ADDRESS(page));
	bool inside = vma && vma->end >= ADDRESS(page + count);
	struct model copy[PAGES];
	uintptr_t result = 0;
	unsigned int to;
	int error;

	/* More of a source may show behind what is mapped of it; the model does not know that. */
	for (unsigned int i = 0; i < count; i++) {
		if (new_count > count && model[page + i].fresh)
			return;
	}
	error = uk_mm_remap(ADDRESS(page), count * UK_PAGE_SIZE, new_count * UK_PAGE_SIZE,
			    MREMAP_MAYMOVE, 0, &result);

	if (new_count <= count && vma) {
		/* Shrinking is unmapping, whatever lies there (Linux, mm/mremap.c). */
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
		model[to + i] = i < count ? copy[i] : (struct model){true, copy[0].prot, 0, 0};
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
	switch (check_random(state) % 12) {
	case 0:
		do_map(page, count, prot, false);
		break;
	case 1:
		do_map(page, count, prot, true);
		break;
	case 2:
		do_unhinted(count, prot);
		break;
	case 3:
		CHECK(uk_mm_unmap(ADDRESS(page), count * UK_PAGE_SIZE) == 0);
		memset(&model[page], 0, count * sizeof(*model));
		break;
	case 4:
		error = uk_mm_protect(ADDRESS(page), count * UK_PAGE_SIZE, prot);
		CHECK(error == (run == count ? 0 : -ENOMEM));
		for (unsigned int i = page; i < page + run; i++)
			model[i].prot = prot;
		break;
	case 5:
		error = uk_mm_discard(ADDRESS(page), count * UK_PAGE_SIZE);
		CHECK(error == (run == count ? 0 : -ENOMEM));
		for (unsigned int i = page; i < page + count; i++)
			model[i].value = model[i].fresh;
		break;
	case 6:
		do_remap(page, count, 1 + (unsigned int)(check_random(state) % 12));
		break;
	case 7:
	case 8:
		write_page(page, (unsigned char)check_random(state));
		break;
	default:
		check_page(page, 1u << check_random(state) % 3);
	}
}

/* Leaves no room but the model's. */
static void fill_outside(void)
{
	uintptr_t result;

	CHECK(uk_mm_map(LOWEST, BASE - LOWEST, 0, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL, &result) ==
	      0);
	CHECK(uk_mm_map(TOP, UK_GUEST_END - TOP, 0, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL,
			&result) == 0);
}

static void test_model(uint64_t state)
{
	for (int round = 0; round < 60000; round++)
		operate(&state);
	for (unsigned int page = 0; page < PAGES; page++)
		check_page(page, UK_PROT_READ);
	CHECK(uk_mm_unmap(BASE, PAGES * UK_PAGE_SIZE) == 0);
	memset(model, 0, sizeof(model));
	for (unsigned int page = 0; page < PAGES; page++)
		CHECK(!table[page].present);
	CHECK(uk_mm_resident() == 0 && uk_mm_next(BASE)->start == TOP);
}

static void test_limits(void)
{
	size_t all = uk_page_statistics().total * UK_PAGE_SIZE;
	uintptr_t result;

	CHECK(uk_mm_map(0, 0, 3, 0, UK_VMA_ANONYMOUS, NULL, &result) == -EINVAL);
	CHECK(uk_mm_map(0, SIZE_MAX, 0, 0, UK_VMA_ANONYMOUS, NULL, &result) == -ENOMEM);
	CHECK(uk_mm_map(0x1000, 4096, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL, &result) == -EPERM);
	CHECK(uk_mm_map(BASE + 1, 4096, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL, &result) ==
	      -EINVAL);
	CHECK(uk_mm_map(UK_GUEST_END - 4096, 8192, 3, UK_VMA_FIXED, UK_VMA_ANONYMOUS, NULL,
			&result) == -ENOMEM);
	uk_mm_init(UK_GUEST_END);
	CHECK(uk_mm_map(0, all, 3, 0, UK_VMA_ANONYMOUS, NULL, &result) == -ENOMEM);
	CHECK(uk_mm_map(0, 1UL << 44, 3, UK_VMA_NORESERVE, UK_VMA_ANONYMOUS, NULL, &result) == 0);
	CHECK(uk_mm_unmap(result, 1UL << 44) == 0);
	CHECK(uk_mm_map(0, 1UL << 44, 0, 0, UK_VMA_ANONYMOUS, NULL, &result) == 0);
	CHECK(uk_mm_protect(result, 1UL << 44, 3) == -ENOMEM);
	CHECK(uk_mm_unmap(result, 1UL << 44) == 0);
	CHECK(uk_mm_unmap(BASE + 1, 4096) == -EINVAL && uk_mm_unmap(BASE, 0) == -EINVAL);
	CHECK(uk_mm_unmap(BASE, SIZE_MAX - 4095) == -EINVAL);
	CHECK(uk_mm_remap(BASE, 4096, 0, 0, 0, &result) == -EINVAL);
	uk_mm_init(TOP);
}

static void test_heap(void)
{
	uk_mm_brk_init(ADDRESS(10));
	CHECK(uk_mm_brk(0) == ADDRESS(10));
	CHECK(uk_mm_brk(ADDRESS(12) + 5) == ADDRESS(12) + 5);
	model[12] = (struct model){true, 3, 0, 0};
	write_page(12, 9);
	CHECK(uk_mm_brk(ADDRESS(11)) == ADDRESS(11));
	model[12].mapped = false;
	check_page(12, UK_PROT_READ);
	CHECK(uk_mm_brk(ADDRESS(13)) == ADDRESS(13));
	model[12] = (struct model){true, 3, 0, 0};
	check_page(12, UK_PROT_READ);
	CHECK(uk_mm_brk(ADDRESS(1)) == ADDRESS(13));
	CHECK(uk_mm_brk(UINTPTR_MAX) == ADDRESS(13));
	do_map(20, 1, 3, false);
	CHECK(uk_mm_brk(ADDRESS(21)) == ADDRESS(13));
	CHECK(uk_mm_brk(ADDRESS(20)) == ADDRESS(20));
	CHECK(uk_mm_unmap(BASE, PAGES * UK_PAGE_SIZE) == 0);
	memset(model, 0, sizeof(model));
}

int main(void)
{
	char *memory = aligned_alloc(4UL << 20, 16UL << 20);

	CHECK(memory);
	uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + (16UL << 20));
	source = (unsigned char *)uk_page_alloc_order(4);
	for (int i = 0; i < SOURCE_PAGES; i++)
		memset(source + i * UK_PAGE_SIZE, i + 1, UK_PAGE_SIZE);
	uk_mm_init(TOP);
	test_heap();
	test_limits();
	fill_outside();
	for (uint64_t seed = 1; seed <= 6; seed++)
		test_model(seed * 0x9e3779b97f4a7c15);
	for (int i = 0; i < SOURCE_PAGES; i++)
		CHECK(source[i * UK_PAGE_SIZE] == i + 1);
	return 0;
}
