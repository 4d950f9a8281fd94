/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef ELFLOADER_H
#define ELFLOADER_H

#include <uk/elf_loader.h>

/* The program that runs; NULL before it is loaded. */
extern const struct uk_program *elf_loaded;

#endif
