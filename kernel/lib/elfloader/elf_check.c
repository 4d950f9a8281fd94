/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The checks of an executable, in the order of enum uk_elf_reason. src/unishim/elf/check.py makes
 * the same ones on the host; a test holds the two together.
 */
#include <uk/elf.h>
#include <uk/elf_check.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#define HEADERS_SIZE_MAX 65536 /* as Linux (fs/binfmt_elf.c, load_elf_phdrs) */

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

static enum uk_elf_reason check_header(const struct elf_header *header, size_t size)
{
	u64 table = (u64)header->phnum * sizeof(struct elf_segment);

	if (header->machine != ELF_MACHINE_X86_64)
		return UK_ELF_BAD_MACHINE;
	if (header->version != ELF_VERSION)
		return UK_ELF_BAD_VERSION;
	switch (header->type) {
	case ELF_TYPE_DYN:
		break;
	case ELF_TYPE_REL:
		return UK_ELF_RELOCATABLE;
	case ELF_TYPE_CORE:
		return UK_ELF_CORE;
	case ELF_TYPE_EXEC:
		return UK_ELF_NOT_POSITION_INDEPENDENT;
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

static enum uk_elf_reason check_segment(const struct elf_segment *segment, size_t size)
{
	if (segment->filesz > segment->memsz)
		return UK_ELF_FILE_SIZE_ABOVE_MEMORY_SIZE;
	if (segment->offset > size || segment->filesz > size - segment->offset)
		return UK_ELF_SEGMENT_BEYOND_FILE;
	if (segment->vaddr > UK_GUEST_END || segment->memsz > UK_GUEST_END - segment->vaddr)
		return UK_ELF_SEGMENT_BEYOND_ADDRESS_SPACE;
	/* Pages of the file are mapped, so both must have the same place in a page (gABI, p_align).
	 */
	if ((segment->offset ^ segment->vaddr) & ~UK_PAGE_MASK)
		return UK_ELF_SEGMENT_NOT_CONGRUENT;
	return UK_ELF_OK;
}

/* Program headers need not be aligned in the file. */
static struct elf_segment read_segment(const u8 *image, u64 phoff, unsigned int index)
{
	struct elf_segment segment;

	memcpy(&segment, image + phoff + index * sizeof(segment), sizeof(segment));
	return segment;
}

static bool has_segment(const u8 *image, const struct elf_header *header, u32 type)
{
	for (unsigned int i = 0; i < header->phnum; i++) {
		if (read_segment(image, header->phoff, i).type == type)
			return true;
	}
	return false;
}

static enum uk_elf_reason check_segments(const u8 *image, size_t size,
					 const struct elf_header *header, u64 memory_limit,
					 struct uk_elf_facts *facts)
{
	bool first = true, entry_inside = false;
	enum uk_elf_reason reason;

	for (unsigned int i = 0; i < header->phnum; i++) {
		struct elf_segment segment = read_segment(image, header->phoff, i);

		if (segment.type == ELF_SEGMENT_STACK)
			facts->executable_stack = segment.flags & ELF_FLAG_EXEC;
		if (segment.type != ELF_SEGMENT_LOAD || segment.memsz == 0)
			continue;
		reason = check_segment(&segment, size);
		if (reason != UK_ELF_OK)
			return reason;
		if (first)
			facts->low = ALIGN_DOWN(segment.vaddr, UK_PAGE_SIZE);
		else if (ALIGN_DOWN(segment.vaddr, UK_PAGE_SIZE) < facts->high)
			return UK_ELF_SEGMENTS_OVERLAP;
		first = false;
		facts->high = ALIGN_UP(segment.vaddr + segment.memsz, UK_PAGE_SIZE);
		if (segment.flags & ELF_FLAG_EXEC && header->entry >= segment.vaddr &&
		    header->entry - segment.vaddr < segment.memsz)
			entry_inside = true;
	}
	if (first)
		return UK_ELF_NO_LOAD_SEGMENT;
	if (facts->high - facts->low > memory_limit)
		return UK_ELF_TOO_LARGE;
	return entry_inside ? UK_ELF_OK : UK_ELF_ENTRY_OUTSIDE;
}

enum uk_elf_reason uk_elf_check(const void *image, size_t size, u64 memory_limit,
				struct uk_elf_facts *facts)
{
	struct elf_header header;
	enum uk_elf_reason reason = check_ident(image, size);

	if (reason != UK_ELF_OK)
		return reason;
	memcpy(&header, image, sizeof(header));
	reason = check_header(&header, size);
	if (reason != UK_ELF_OK)
		return reason;
	if (has_segment(image, &header, ELF_SEGMENT_INTERP))
		return UK_ELF_DYNAMIC;
	*facts = (struct uk_elf_facts){
		.entry = header.entry,
		.phoff = header.phoff,
		.type = header.type,
		.machine = header.machine,
		.phnum = header.phnum,
		.phentsize = header.phentsize,
		.os_abi = header.ident[ELF_OS_ABI],
	};
	return check_segments(image, size, &header, memory_limit, facts);
}
