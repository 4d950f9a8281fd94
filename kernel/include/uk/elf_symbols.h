/* SPDX-License-Identifier: BSD-3-Clause */
/* Names for addresses of the program, from the symbols in its own file. */
#ifndef UK_ELF_SYMBOLS_H
#define UK_ELF_SYMBOLS_H

#include <uk/essentials.h>

/* The function that holds address, and the distance from its start. False when nothing says. */
bool uk_elf_symbolize(uintptr_t address, const char **name, size_t *offset);

#endif
