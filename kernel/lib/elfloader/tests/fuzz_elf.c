/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzes what reads a program's file: the checks, the loading, the symbols. The address space is a
 * mock that looks whether every byte it is given lies in the image (rounded up to pages, as the
 * initrd is). Input that passes the checks must also load.
 */
#include <stdlib.h>
#include <string.h>
#include <uk/assert.h>
#include <uk/elf_loader.h>
#include <uk/elf_symbols.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/random.h>
#include <uk/uaccess.h>

#include "check.h"

CHECK_DEFINE_PANIC

#define MEMORY_PAGES 4096

static const unsigned char *image;
static size_t mapped_size; /* of the image, in whole pages */

u64 uk_random_u64(void)
{
	return 0x123456789abcdef;
}

struct uk_page_statistics uk_page_statistics(void)
{
	return (struct uk_page_statistics){.total = MEMORY_PAGES, .free = MEMORY_PAGES};
}

void uk_print_message(enum uk_print_level level, const char *library, const char *format, ...)
{
}

int uk_mm_map(uintptr_t address, size_t length, u32 prot, u32 flags, enum uk_vma_kind kind,
	      const struct uk_mm_source *source, uintptr_t *result)
{
	CHECK(length > 0 && address % UK_PAGE_SIZE == 0 && address < UK_GUEST_END &&
	      length <= UK_GUEST_END - address);
	if (source) {
		size_t offset = source->frames - (uk_paddr_t)image;

		CHECK(offset % UK_PAGE_SIZE == 0 && offset <= mapped_size &&
		      source->size <= mapped_size - offset);
	}
	*result = address;
	return 0;
}

int uk_mm_protect(uintptr_t address, size_t length, u32 prot)
{
	return 0;
}

void uk_mm_brk_init(uintptr_t start)
{
}

int copy_to_user(void *destination, const void *source, size_t size)
{
	static volatile unsigned char sink;

	for (size_t i = 0; i < size; i++)
		sink = ((const unsigned char *)source)[i];
	(void)sink;
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct uk_program program = {.name = "fuzz", .image_size = size};
	unsigned char *copy;
	const char *name;
	size_t offset;

	mapped_size = ALIGN_UP(size, UK_PAGE_SIZE);
	copy = aligned_alloc(UK_PAGE_SIZE, mapped_size ? mapped_size : UK_PAGE_SIZE);
	CHECK(copy);
	memset(copy, 0, mapped_size);
	if (size)
		memcpy(copy, data, size);
	image = copy;
	program.image = copy;
	if (uk_elf_load(&program) == UK_ELF_OK) {
		uk_elf_headers_address(&program);
		if (uk_elf_symbolize(program.entry, &name, &offset))
			CHECK(strlen(name) < size);
	}
	free(copy);
	return 0;
}
