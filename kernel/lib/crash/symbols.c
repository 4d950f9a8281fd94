/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks addresses up in the symbol tables of mapped files, which have not been validated. */
#include <uk/elf.h>
#include <uk/elf_symbols.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/string.h>

#define SYMBOLS_AT_ONCE 64

struct table {
	struct elf_section symbols, strings;
};

static bool read_at(struct uk_file *file, void *buffer, size_t size, u64 offset)
{
	return offset <= INT64_MAX &&
	       uk_file_read_kernel(file, buffer, size, (s64)offset) == (ssize_t)size;
}

/* Converts the offset of a byte that is mapped as code to the file's own address. */
static bool find_address(struct uk_file *file, const struct elf_header *header, u64 offset,
			 u64 *address)
{
	struct elf_segment segment;

	for (u64 i = 0; i < header->phnum; i++) {
		if (!read_at(file, &segment, sizeof(segment), header->phoff + i * sizeof(segment)))
			return false;
		if (segment.type != ELF_SEGMENT_LOAD || !(segment.flags & ELF_FLAG_EXEC) ||
		    offset - segment.offset >= segment.filesz)
			continue;
		*address = offset - segment.offset + segment.vaddr;
		return true;
	}
	return false;
}

static bool read_section(struct uk_file *file, const struct elf_header *header, u64 index,
			 struct elf_section *section)
{
	return index < header->shnum && header->shentsize == sizeof(*section) &&
	       read_at(file, section, sizeof(*section), header->shoff + index * sizeof(*section));
}

static bool find_table(struct uk_file *file, const struct elf_header *header, u32 type,
		       struct table *table)
{
	for (u64 i = 0; read_section(file, header, i, &table->symbols); i++) {
		if (table->symbols.type == type &&
		    read_section(file, header, table->symbols.link, &table->strings))
			return true;
	}
	return false;
}

static bool holds(const struct elf_symbol *symbol, u64 address)
{
	return (symbol->info & 15) == ELF_SYMBOL_FUNCTION && symbol->shndx != 0 &&
	       address - symbol->value < MAX(symbol->size, 1UL);
}

static bool look_up(struct uk_file *file, const struct table *table, u64 address,
		    struct elf_symbol *found)
{
	/* Not on the stack, because callers may have little of it left. */
	static struct elf_symbol symbols[SYMBOLS_AT_ONCE];
	u64 count = table->symbols.size / sizeof(*symbols), at = table->symbols.offset;
	bool any = false;

	for (u64 done = 0; done < count; done += SYMBOLS_AT_ONCE, at += sizeof(symbols)) {
		size_t part = MIN((size_t)(count - done), (size_t)SYMBOLS_AT_ONCE);

		if (!read_at(file, symbols, part * sizeof(*symbols), at))
			return any;
		for (size_t i = 0; i < part; i++) {
			if (!holds(&symbols[i], address))
				continue;
			*found = symbols[i];
			any = true;
			/* Of several names for one address, a global one is the most readable. */
			if (found->info >> 4)
				return true;
		}
	}
	return any;
}

static bool read_name(struct uk_file *file, const struct table *table,
		      const struct elf_symbol *symbol, char name[UK_ELF_SYMBOL_SIZE])
{
	size_t size;

	if (symbol->name >= table->strings.size)
		return false;
	size = MIN(table->strings.size - symbol->name, (u64)UK_ELF_SYMBOL_SIZE - 1);
	name[size] = '\0';
	if (read_at(file, name, size, table->strings.offset + symbol->name) && *name)
		return true;
	*name = '\0';
	return false;
}

static void find_name(struct uk_file *file, struct uk_elf_place *place)
{
	static const u32 types[] = {ELF_SECTION_SYMBOLS, ELF_SECTION_DYNAMIC_SYMBOLS};
	struct elf_header header;
	struct elf_symbol symbol;
	struct table table;
	u64 address;

	if (!read_at(file, &header, sizeof(header), 0) || memcmp(header.ident, ELF_MAGIC, 4) != 0 ||
	    !find_address(file, &header, place->offset_in_file, &address))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		if (find_table(file, &header, types[i], &table) &&
		    look_up(file, &table, address, &symbol) &&
		    read_name(file, &table, &symbol, place->name)) {
			place->offset = address - symbol.value;
			return;
		}
	}
}

bool uk_elf_symbolize(uintptr_t address, struct uk_elf_place *place)
{
	const struct uk_vma *vma = uk_mm_find(uk_mm_current(), address);
	struct uk_file *file = vma ? vma->source.file : NULL;
	const struct uk_file *executable = uk_process_current()->program.executable;

	if (!file || !executable)
		return false;
	*place = (struct uk_elf_place){
		.library = file->vnode == executable->vnode ? NULL : file,
		.offset_in_file = vma->source.offset + (address - vma->start),
	};
	find_name(file, place);
	return true;
}
