/* SPDX-License-Identifier: BSD-3-Clause */
/* The step from boot to the program. */
#ifndef UK_LOADER_H
#define UK_LOADER_H

#include <uk/elf_loader.h>
#include <uk/plat.h>

/* Fills the root from the initrd, loads the program and starts it; ends the machine with status 127
 * if the program or its interpreter does not exist, and 126 if it cannot be executed. */
void uk_loader_run(const struct uk_boot_info *info,
		   struct uk_start_arguments *arguments) __noreturn;

#endif
