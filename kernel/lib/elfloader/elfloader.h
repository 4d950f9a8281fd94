/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef ELFLOADER_H
#define ELFLOADER_H

#include <uk/elf_loader.h>

/* The running program; NULL before one is loaded. */
extern const struct uk_program *elf_loaded;

#endif
