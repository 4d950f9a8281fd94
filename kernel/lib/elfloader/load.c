/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps a program's segments from its file: on demand and in place; pages are copied when
 * written. */
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/random.h>
#include <uk/uaccess.h>

/* Where Linux places position-independent programs (ELF_ET_DYN_BASE), and the range of their random
 * displacement (arch_mmap_rnd, 28 bits of pages). */
#define BASE_LOWEST	  0x555555554000UL
#define BASE_RANDOM_PAGES (1UL << 28)
/* The heap begins at a random distance after the program (arch_randomize_brk). */
#define HEAP_RANDOM_PAGES (0x02000000UL >> UK_PAGE_SHIFT)

/* If fewer pages are free, only pages that the program touches are mapped. */
#define PLENTY_PAGES 2048

static u32 segment_prot(const struct elf_segment *segment)
{
	return (segment->flags & ELF_FLAG_READ ? UK_PROT_READ : 0) |
	       (segment->flags & ELF_FLAG_WRITE ? UK_PROT_WRITE : 0) |
	       (segment->flags & ELF_FLAG_EXEC ? UK_PROT_EXEC : 0);
}

static int map_fixed(uintptr_t start, uintptr_t end, u32 prot, enum uk_vma_kind kind,
		     const struct uk_mm_source *source)
{
	uintptr_t mapped;

	if (start == end)
		return 0;
	return uk_mm_map(uk_mm_current(), start, end - start, prot, UK_VMA_NOREPLACE, kind, source,
			 &mapped);
}

/* Maps the pages of a small range now: a program touches most of those of its data, and a program
 * whose text is small touches it all over. */
static void prepare(uintptr_t start, uintptr_t end, u32 prot)
{
	size_t pages = (end - start) >> UK_PAGE_SHIFT;
	bool own = prot & UK_PROT_WRITE;
	u32 access = own ? UK_PROT_WRITE : prot & UK_PROT_EXEC ? UK_PROT_EXEC : UK_PROT_READ;

	/* A failure is one of the later fault too, which reports it. */
	if (pages && pages <= (own ? UK_LOAD_OWN : UK_LOAD_IN_PLACE) &&
	    uk_page_statistics().free >= PLENTY_PAGES)
		uk_mm_populate(uk_mm_current(), start, end - start, access);
}

static int map_segment(const struct uk_elf_object *object, const struct elf_segment *segment)
{
	uintptr_t start = ALIGN_DOWN(object->base + segment->vaddr, UK_PAGE_SIZE);
	uintptr_t file_end = object->base + segment->vaddr + segment->filesz;
	uintptr_t memory_end = object->base + segment->vaddr + segment->memsz;
	uintptr_t mapped_end = segment->filesz ? ALIGN_UP(file_end, UK_PAGE_SIZE) : start;
	uintptr_t zeroes_end = MIN(memory_end, mapped_end);
	const struct uk_mm_source source = {
		.file = object->file,
		.offset = ALIGN_DOWN(segment->offset, UK_PAGE_SIZE),
	};
	u32 prot = segment_prot(segment);
	int error;

	uk_pr_debug("%s: Mapping 0x%lx - 0x%lx -> 0x%lx - 0x%lx\n", object->name, source.offset,
		    source.offset + (mapped_end - start), start, mapped_end);
	error = map_fixed(start, mapped_end, prot, UK_VMA_FILE, &source);
	if (error)
		return error;
	prepare(start, mapped_end, prot);
	if (segment->memsz == segment->filesz)
		return 0;
	ukplat_space_sync();
	uk_pr_debug("%s: Zeroing 0x%lx - 0x%lx\n", object->name, file_end, memory_end);
	/* In a segment that is not writable, the rest of the page shows what follows in the file,
	 * with and without bss, as on Linux. */
	if (zeroes_end > file_end && prot & UK_PROT_WRITE &&
	    clear_user_partial((void *)file_end, mapped_end - file_end))
		return -ENOMEM;
	error = map_fixed(mapped_end, ALIGN_UP(memory_end, UK_PAGE_SIZE), prot, UK_VMA_ANONYMOUS,
			  NULL);
	if (!error)
		prepare(mapped_end, ALIGN_UP(memory_end, UK_PAGE_SIZE), prot);
	return error;
}

uintptr_t uk_elf_headers_address(const struct uk_elf_object *object)
{
	u64 phoff = object->facts.phoff;

	for (unsigned int i = 0; i < object->facts.phnum; i++) {
		const struct elf_segment *segment = &object->segments[i];

		if (segment->type == ELF_SEGMENT_LOAD && phoff >= segment->offset &&
		    phoff - segment->offset < segment->filesz)
			return object->base + segment->vaddr + (phoff - segment->offset);
	}
	return 0;
}

static int map_object(struct uk_elf_object *object)
{
	const struct uk_elf_facts *facts = &object->facts;
	int error = 0;

	uk_pr_debug("%s: Program/Library memory region: 0x%lx-0x%lx\n", object->name,
		    object->base + facts->low, object->base + facts->high);
	for (unsigned int i = 0; !error && i < facts->phnum; i++) {
		const struct elf_segment *segment = &object->segments[i];

		if (segment->type == ELF_SEGMENT_LOAD && segment->memsz)
			error = map_segment(object, segment);
	}
	return error;
}

/* Finds a base at which a whole position-independent object fits between the mappings. */
static int find_base(struct uk_elf_object *object)
{
	size_t size = object->facts.high - object->facts.low;
	uintptr_t place;
	int error = uk_mm_map(uk_mm_current(), 0, size, UK_PROT_NONE, UK_VMA_NORESERVE,
			      UK_VMA_ANONYMOUS, NULL, &place);

	if (error)
		return error;
	object->base = place - object->facts.low;
	return uk_mm_unmap(uk_mm_current(), place, size);
}

int uk_elf_load(struct uk_program *program)
{
	struct uk_elf_object *main = &program->main, *interpreter = &program->interpreter;
	u64 random = uk_random_u64();
	int error;

	if (main->facts.type == ELF_TYPE_DYN)
		main->base = BASE_LOWEST + ((random % BASE_RANDOM_PAGES) << UK_PAGE_SHIFT) -
			     main->facts.low;
	error = map_object(main);
	if (error)
		return error;
	program->entry = main->base + main->facts.entry;
	if (interpreter->file) {
		if (interpreter->facts.type == ELF_TYPE_DYN)
			error = find_base(interpreter);
		if (!error)
			error = map_object(interpreter);
		if (error)
			return error;
		program->entry = interpreter->base + interpreter->facts.entry;
	}
	uk_mm_brk_init(uk_mm_current(),
		       main->base + main->facts.high +
			       ((uk_random_u64() % HEAP_RANDOM_PAGES) << UK_PAGE_SHIFT));
	return 0;
}
