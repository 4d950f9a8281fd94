/* SPDX-License-Identifier: BSD-3-Clause */
/* Names for addresses of the program and its libraries, from the symbols in their files. */
#ifndef UK_ELF_SYMBOLS_H
#define UK_ELF_SYMBOLS_H

#include <uk/file.h>

#define UK_ELF_SYMBOL_SIZE 120 /* of a name that is kept, terminator included */

struct uk_elf_place {
	struct uk_file *library;       /* the mapped file, unless it is the program's own; not a
					* reference of its own */
	u64 offset_in_file;	       /* bytes */
	char name[UK_ELF_SYMBOL_SIZE]; /* of the function that holds the address; "" when nothing
					* says */
	size_t offset;		       /* from its start */
};

/* What is at address: false when no file is mapped there. */
bool uk_elf_symbolize(uintptr_t address, struct uk_elf_place *place);

#endif
