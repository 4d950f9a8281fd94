/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of an executable, in the order of enum uk_elf_reason. src/unishim/elf/check.py makes
 * the same checks on the host; a test compares the two.
 */
#include <uk/elf_check.h>
#include <uk/mm.h>
#include <uk/string.h>
#include <uk/uaccess.h>

/* As Linux, fs/binfmt_elf.c: load_elf_phdrs(), load_elf_binary(). */
#define HEADERS_SIZE_MAX     65536
#define INTERPRETER_SIZE_MAX 4096

const char *uk_elf_reason_message(enum uk_elf_reason reason)
{
	static const char *const messages[] = UK_ELF_REASON_MESSAGES;

	return messages[reason];
}

static enum uk_elf_reason check_ident(const u8 *image, size_t size)
{
	if (size == 0)
		return UK_ELF_EMPTY;
	if (memcmp(image, ELF_MAGIC, MIN(size, (size_t)4)) != 0)
		return UK_ELF_NOT_ELF;
	if (size < sizeof(struct elf_header))
		return UK_ELF_TRUNCATED_HEADER;
	if (image[ELF_CLASS] != ELF_CLASS_64)
		return UK_ELF_NOT_64_BIT;
	if (image[ELF_DATA] != ELF_DATA_LITTLE)
		return UK_ELF_NOT_LITTLE_ENDIAN;
	if (image[ELF_IDENT_VERSION] != ELF_VERSION)
		return UK_ELF_BAD_VERSION;
	if (image[ELF_OS_ABI] != ELF_OS_ABI_SYSV && image[ELF_OS_ABI] != ELF_OS_ABI_GNU)
		return UK_ELF_BAD_OS_ABI;
	return UK_ELF_OK;
}

static enum uk_elf_reason check_header(const struct elf_header *header, u64 size)
{
	u64 table = (u64)header->phnum * sizeof(struct elf_segment);

	if (header->machine != ELF_MACHINE_X86_64)
		return UK_ELF_BAD_MACHINE;
	if (header->version != ELF_VERSION)
		return UK_ELF_BAD_VERSION;
	switch (header->type) {
	case ELF_TYPE_DYN:
	case ELF_TYPE_EXEC:
		break;
	case ELF_TYPE_REL:
		return UK_ELF_RELOCATABLE;
	case ELF_TYPE_CORE:
		return UK_ELF_CORE;
	default:
		return UK_ELF_BAD_TYPE;
	}
	if (header->phentsize != sizeof(struct elf_segment))
		return UK_ELF_BAD_HEADER_ENTRY_SIZE;
	if (header->phnum == 0 || table > HEADERS_SIZE_MAX)
		return UK_ELF_BAD_HEADER_COUNT;
	if (header->phoff > size || table > size - header->phoff)
		return UK_ELF_HEADERS_BEYOND_FILE;
	return UK_ELF_OK;
}

static enum uk_elf_reason check_segment(const struct elf_segment *segment, u64 size, u16 type)
{
	if (segment->filesz > segment->memsz)
		return UK_ELF_FILE_SIZE_ABOVE_MEMORY_SIZE;
	if (segment->offset > size || segment->filesz > size - segment->offset)
		return UK_ELF_SEGMENT_BEYOND_FILE;
	if (segment->vaddr > UK_GUEST_END || segment->memsz > UK_GUEST_END - segment->vaddr)
		return UK_ELF_SEGMENT_BEYOND_ADDRESS_SPACE;
	if (type == ELF_TYPE_EXEC && segment->vaddr < UK_MM_LOWEST)
		return UK_ELF_SEGMENT_TOO_LOW;
	/* Pages of the file are mapped, so the address and the offset must agree modulo the page
	 * size (gABI, p_align). */
	if ((segment->offset ^ segment->vaddr) & ~UK_PAGE_MASK)
		return UK_ELF_SEGMENT_NOT_CONGRUENT;
	return UK_ELF_OK;
}

enum uk_elf_reason uk_elf_check_header(const void *start, size_t start_size, u64 size,
				       struct uk_elf_facts *facts)
{
	struct elf_header header;
	enum uk_elf_reason reason = check_ident(start, start_size);

	if (reason != UK_ELF_OK)
		return reason;
	memcpy(&header, start, sizeof(header));
	*facts = (struct uk_elf_facts){
		.entry = header.entry,
		.phoff = header.phoff,
		.type = header.type,
		.machine = header.machine,
		.phnum = header.phnum,
		.phentsize = header.phentsize,
		.os_abi = header.ident[ELF_OS_ABI],
	};
	return check_header(&header, size);
}

/* If there are several interpreters, Linux also takes the first one. */
static enum uk_elf_reason check_interpreter(const struct elf_segment *segment, u64 size,
					    struct uk_elf_facts *facts)
{
	if (facts->interpreter_size)
		return UK_ELF_OK;
	if (segment->filesz < 2 || segment->filesz > INTERPRETER_SIZE_MAX ||
	    segment->offset > size || segment->filesz > size - segment->offset)
		return UK_ELF_BAD_INTERPRETER;
	facts->interpreter_offset = segment->offset;
	facts->interpreter_size = (u32)segment->filesz;
	return UK_ELF_OK;
}

static bool holds_entry(const struct elf_segment *segment, u64 entry)
{
	return segment->flags & ELF_FLAG_EXEC && entry >= segment->vaddr &&
	       entry - segment->vaddr < segment->memsz;
}

enum uk_elf_reason uk_elf_check_segments(const struct elf_segment *segments, u64 size,
					 u64 memory_limit, struct uk_elf_facts *facts)
{
	bool first = true, entry_inside = false;
	enum uk_elf_reason reason;
	u64 memory = 0;

	for (const struct elf_segment *segment = segments; segment < segments + facts->phnum;
	     segment++) {
		u64 start = ALIGN_DOWN(segment->vaddr, UK_PAGE_SIZE);

		if (segment->type == ELF_SEGMENT_STACK)
			facts->executable_stack = segment->flags & ELF_FLAG_EXEC;
		if (segment->type == ELF_SEGMENT_INTERP) {
			reason = check_interpreter(segment, size, facts);
			if (reason != UK_ELF_OK)
				return reason;
		}
		if (segment->type != ELF_SEGMENT_LOAD || segment->memsz == 0)
			continue;
		reason = check_segment(segment, size, facts->type);
		if (reason != UK_ELF_OK)
			return reason;
		if (first)
			facts->low = start;
		else if (start < facts->high)
			return UK_ELF_SEGMENTS_OVERLAP;
		first = false;
		facts->high = ALIGN_UP(segment->vaddr + segment->memsz, UK_PAGE_SIZE);
		/* Memory that cannot be written stays backed by the file. */
		if (segment->flags & ELF_FLAG_WRITE)
			memory += facts->high - start;
		entry_inside |= holds_entry(segment, facts->entry);
	}
	if (first)
		return UK_ELF_NO_LOAD_SEGMENT;
	if (memory > memory_limit)
		return UK_ELF_TOO_LARGE;
	return entry_inside ? UK_ELF_OK : UK_ELF_ENTRY_OUTSIDE;
}
