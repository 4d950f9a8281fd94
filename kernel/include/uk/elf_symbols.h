/* SPDX-License-Identifier: BSD-3-Clause */
/* Names for addresses of the program and its libraries, from the symbols in their files. */
#ifndef UK_ELF_SYMBOLS_H
#define UK_ELF_SYMBOLS_H

#include <uk/file.h>

#define UK_ELF_SYMBOL_SIZE 120 /* of a name that is stored, including the terminator */

struct uk_elf_place {
	/* the mapped file, unless it is the program's own; without a reference */
	struct uk_file *library;
	u64 offset_in_file; /* bytes */
	/* of the function that contains the address; "" if unknown */
	char name[UK_ELF_SYMBOL_SIZE];
	size_t offset; /* from its start */
};

/* Finds what is at address: false if no file is mapped there. */
bool uk_elf_symbolize(uintptr_t address, struct uk_elf_place *place);

#endif
