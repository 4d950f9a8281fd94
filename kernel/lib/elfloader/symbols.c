/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks addresses up in the symbol table of the program's file, which nobody has checked before. */
#include <uk/elf.h>
#include <uk/elf_symbols.h>
#include <uk/string.h>

#include "elfloader.h"

struct table {
	const char *symbols;
	u64 symbol_count;
	const char *strings;
	u64 strings_size;
};

/* A section's bytes, or NULL when they are not all in the file. */
static const char *section_bytes(const struct elf_section *section)
{
	u64 size = elf_loaded->image_size;

	if (section->offset > size || section->size > size - section->offset)
		return NULL;
	return (const char *)elf_loaded->image + section->offset;
}

static bool read_section(const struct elf_header *header, u64 index, struct elf_section *section)
{
	u64 size = elf_loaded->image_size;
	u64 offset = index * sizeof(*section);

	if (index >= header->shnum || header->shentsize != sizeof(*section) ||
	    header->shoff > size || offset + sizeof(*section) > size - header->shoff)
		return false;
	memcpy(section, (const char *)elf_loaded->image + header->shoff + offset, sizeof(*section));
	return true;
}

static bool find_table(u32 type, struct table *table)
{
	struct elf_header header;
	struct elf_section section, strings;

	memcpy(&header, elf_loaded->image, sizeof(header));
	for (u64 i = 0; read_section(&header, i, &section); i++) {
		if (section.type != type || !read_section(&header, section.link, &strings))
			continue;
		table->symbols = section_bytes(&section);
		table->symbol_count = section.size / sizeof(struct elf_symbol);
		table->strings = section_bytes(&strings);
		table->strings_size = strings.size;
		if (table->symbols && table->strings && table->strings_size &&
		    table->strings[table->strings_size - 1] == '\0')
			return true;
	}
	return false;
}

static bool look_up(const struct table *table, u64 address, const char **name, size_t *offset)
{
	bool found = false;

	for (u64 i = 0; i < table->symbol_count; i++) {
		struct elf_symbol symbol;

		memcpy(&symbol, table->symbols + i * sizeof(symbol), sizeof(symbol));
		if ((symbol.info & 15) != ELF_SYMBOL_FUNCTION || symbol.shndx == 0 ||
		    symbol.name >= table->strings_size || address < symbol.value ||
		    address - symbol.value >= MAX(symbol.size, 1UL))
			continue;
		*name = table->strings + symbol.name;
		*offset = address - symbol.value;
		found = true;
		/* Of several names for one place, a global one reads best. */
		if (symbol.info >> 4)
			break;
	}
	return found;
}

bool uk_elf_symbolize(uintptr_t address, const char **name, size_t *offset)
{
	static const u32 types[] = {ELF_SECTION_SYMBOLS, ELF_SECTION_DYNAMIC_SYMBOLS};
	struct table table;

	if (!elf_loaded || address < elf_loaded->base + elf_loaded->facts.low ||
	    address >= elf_loaded->base + elf_loaded->facts.high)
		return false;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++) {
		if (find_table(types[i], &table) &&
		    look_up(&table, address - elf_loaded->base, name, offset))
			return true;
	}
	return false;
}
