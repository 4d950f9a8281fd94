/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maps a program's segments. Whole pages are mapped from the image where it lies, on demand and
 * copied when written; only the page in which file bytes end and bss begins is copied at once.
 */
#include <uk/elf.h>
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/random.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "elfloader.h"

/* Where Linux puts position-independent programs (ELF_ET_DYN_BASE), and how far random moves them
 * (arch_mmap_rnd, 28 bits of pages). */
#define BASE_LOWEST	  0x555555554000UL
#define BASE_RANDOM_PAGES (1UL << 28)
/* The heap begins at a random distance behind the program (arch_randomize_brk). */
#define HEAP_RANDOM_PAGES (0x02000000UL >> UK_PAGE_SHIFT)

const struct uk_program *elf_loaded;

static u32 segment_prot(const struct elf_segment *segment)
{
	return (segment->flags & ELF_FLAG_READ ? UK_PROT_READ : 0) |
	       (segment->flags & ELF_FLAG_WRITE ? UK_PROT_WRITE : 0) |
	       (segment->flags & ELF_FLAG_EXEC ? UK_PROT_EXEC : 0);
}

static int map_fixed(uintptr_t start, uintptr_t end, u32 prot, const struct uk_mm_source *source)
{
	uintptr_t mapped;

	if (start == end)
		return 0;
	return uk_mm_map(start, end - start, prot, UK_VMA_FIXED, UK_VMA_FILE, source, &mapped);
}

/* The page in which the file's bytes end and zeroes begin. */
static int copy_last_page(const struct uk_program *program, const struct elf_segment *segment,
			  uintptr_t page, u32 prot)
{
	uintptr_t file_end = program->base + segment->vaddr + segment->filesz;
	const char *from = (const char *)program->image + segment->offset + segment->filesz -
			   (file_end - page);
	int error = map_fixed(page, page + UK_PAGE_SIZE, UK_PROT_READ | UK_PROT_WRITE, NULL);

	if (error)
		return error;
	uk_pr_debug("%s: Copying 0x%lx - 0x%lx -> 0x%lx - 0x%lx\n", program->name, (uintptr_t)from,
		    (uintptr_t)from + (file_end - page), page, file_end);
	if (copy_to_user((void *)page, from, file_end - page))
		return -ENOMEM;
	return prot == (UK_PROT_READ | UK_PROT_WRITE) ? 0 : uk_mm_protect(page, UK_PAGE_SIZE, prot);
}

static int map_segment(const struct uk_program *program, const struct elf_segment *segment)
{
	uintptr_t start = ALIGN_DOWN(program->base + segment->vaddr, UK_PAGE_SIZE);
	uintptr_t file_end = program->base + segment->vaddr + segment->filesz;
	uintptr_t memory_end = program->base + segment->vaddr + segment->memsz;
	/* Without bss the rest of the last page shows what follows in the file, as on Linux. */
	bool has_bss = segment->memsz > segment->filesz;
	uintptr_t mapped_end =
		has_bss ? ALIGN_DOWN(file_end, UK_PAGE_SIZE) : ALIGN_UP(file_end, UK_PAGE_SIZE);
	uintptr_t end = ALIGN_UP(memory_end, UK_PAGE_SIZE);
	const char *from = (const char *)program->image + ALIGN_DOWN(segment->offset, UK_PAGE_SIZE);
	u32 prot = segment_prot(segment);
	struct uk_mm_source source = {
		.frames = uk_page_from_address(from),
		.size = mapped_end - start,
	};
	int error;

	uk_pr_debug("%s: Mapping 0x%lx - 0x%lx -> 0x%lx - 0x%lx\n", program->name, (uintptr_t)from,
		    (uintptr_t)from + source.size, start, mapped_end);
	error = map_fixed(start, mapped_end, prot, &source);
	if (error || !has_bss)
		return error;
	if (file_end > mapped_end) {
		error = copy_last_page(program, segment, mapped_end, prot);
		if (error)
			return error;
		mapped_end += UK_PAGE_SIZE;
	}
	uk_pr_debug("%s: Zeroing 0x%lx - 0x%lx\n", program->name, file_end, memory_end);
	return map_fixed(mapped_end, end, prot, NULL);
}

static struct elf_segment segment_at(const struct uk_program *program, unsigned int index)
{
	struct elf_segment segment;

	memcpy(&segment,
	       (const char *)program->image + program->facts.phoff + index * sizeof(segment),
	       sizeof(segment));
	return segment;
}

uintptr_t uk_elf_headers_address(const struct uk_program *program)
{
	u64 phoff = program->facts.phoff;

	for (unsigned int i = 0; i < program->facts.phnum; i++) {
		struct elf_segment segment = segment_at(program, i);

		if (segment.type == ELF_SEGMENT_LOAD && phoff >= segment.offset &&
		    phoff - segment.offset < segment.filesz)
			return program->base + segment.vaddr + (phoff - segment.offset);
	}
	return 0;
}

enum uk_elf_reason uk_elf_load(struct uk_program *program)
{
	struct uk_elf_facts *facts = &program->facts;
	u64 limit = uk_page_statistics().free << UK_PAGE_SHIFT;
	enum uk_elf_reason reason;

	reason = uk_elf_check(program->image, program->image_size, limit, facts);
	if (reason != UK_ELF_OK)
		return reason;
	uk_pr_debug("%s: ELF machine type: %u\n", program->name, facts->machine);
	uk_pr_debug("%s: ELF OS ABI: %u\n", program->name, facts->os_abi);
	uk_pr_debug("%s: ELF object type: %u\n", program->name, facts->type);
	program->base =
		BASE_LOWEST + ((uk_random_u64() % BASE_RANDOM_PAGES) << UK_PAGE_SHIFT) - facts->low;
	program->entry = program->base + facts->entry;
	uk_pr_debug("%s: Program/Library memory region: 0x%lx-0x%lx\n", program->name,
		    program->base + facts->low, program->base + facts->high);
	for (unsigned int i = 0; i < facts->phnum; i++) {
		struct elf_segment segment = segment_at(program, i);

		if (segment.type == ELF_SEGMENT_LOAD && segment.memsz &&
		    map_segment(program, &segment))
			return UK_ELF_TOO_LARGE;
	}
	uk_mm_brk_init(program->base + facts->high +
		       ((uk_random_u64() % HEAP_RANDOM_PAGES) << UK_PAGE_SHIFT));
	elf_loaded = program;
	return UK_ELF_OK;
}
