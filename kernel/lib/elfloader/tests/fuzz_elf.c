/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzes the code that reads a program's file: the checks, the loading, the symbols. Input that
 * passes the checks must also load, unless its segments are too far apart.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/elf_loader.h>
#include <uk/elf_symbols.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/random.h>
#include <uk/uaccess.h>

#include "check.h"
#include "process.h"

CHECK_DEFINE_PANIC

#define MEMORY_PAGES 4096

static const unsigned char *image;
static struct uk_vnode vnode;
static struct uk_file file = {.vnode = &vnode};
static struct uk_vma text; /* the mapping that contains the entry point */

ssize_t uk_file_read_kernel(struct uk_file *from, void *buffer, size_t length, s64 offset)
{
	CHECK(from == &file && offset >= 0);
	if ((u64)offset >= vnode.size)
		return 0;
	length = MIN(length, vnode.size - (u64)offset);
	memcpy(buffer, image + offset, length);
	return (ssize_t)length;
}

static int page(struct uk_vnode *of, u64 index, bool for_write, uk_paddr_t *frame)
{
	return -1;
}

void *uk_malloc(size_t size)
{
	return malloc(size);
}

void uk_free(void *memory)
{
	free(memory);
}

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

int uk_mm_populate(struct uk_mm *mm, uintptr_t address, size_t length, u32 access)
{
	CHECK(address % UK_PAGE_SIZE == 0 && length % UK_PAGE_SIZE == 0 && address < UK_GUEST_END);
	CHECK(access == UK_PROT_READ || access == UK_PROT_WRITE || access == UK_PROT_EXEC);
	return 0;
}

void ukplat_space_sync(void)
{
}

int uk_mm_map(struct uk_mm *mm, uintptr_t address, size_t length, u32 prot, u32 flags,
	      enum uk_vma_kind kind, const struct uk_mm_source *source, uintptr_t *result)
{
	CHECK(length > 0 && address % UK_PAGE_SIZE == 0);
	/* Segments that are too far apart. */
	if (address >= UK_GUEST_END || length > UK_GUEST_END - address)
		return -ENOMEM;
	if (source) {
		CHECK(source->file == &file && source->offset % UK_PAGE_SIZE == 0 &&
		      source->offset + length < vnode.size + UK_PAGE_SIZE);
		if (prot & UK_PROT_EXEC)
			text = (struct uk_vma){
				.start = address, .end = address + length, .source = *source};
	}
	*result = address;
	return 0;
}

int uk_mm_unmap(struct uk_mm *mm, uintptr_t address, size_t length)
{
	return 0;
}

const struct uk_vma *uk_mm_find(const struct uk_mm *mm, uintptr_t address)
{
	return address >= text.start && address < text.end ? &text : NULL;
}

void uk_mm_brk_init(struct uk_mm *mm, uintptr_t start)
{
}

size_t clear_user_partial(void *destination, size_t size)
{
	CHECK(size < UK_PAGE_SIZE);
	return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static const struct uk_vnode_operations operations = {.page = page};
	struct uk_program program = {.main = {.name = "fuzz", .file = &file}};
	struct uk_elf_place place;
	char *interpreter;
	int error;

	image = data;
	vnode.operations = &operations;
	vnode.size = size;
	text = (struct uk_vma){0};
	check_process.program.executable = &file;
	if (uk_elf_read(&program.main) == 0) {
		if (program.main.facts.interpreter_size &&
		    uk_elf_read_interpreter(&program.main, &interpreter) == 0) {
			CHECK(strlen(interpreter) < program.main.facts.interpreter_size);
			free(interpreter);
		}
		error = uk_elf_load(&program);
		CHECK(error == 0 || error == -ENOMEM);
		uk_elf_headers_address(&program.main);
		if (!error && uk_elf_symbolize(program.entry, &place))
			CHECK(strlen(place.name) < sizeof(place.name) && !place.library);
	}
	free(program.main.segments);
	return 0;
}
