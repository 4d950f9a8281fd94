/* SPDX-License-Identifier: BSD-3-Clause */
/* The step from boot to the program. */
#ifndef UK_LOADER_H
#define UK_LOADER_H

#include <uk/elf_loader.h>
#include <uk/plat.h>

/* Loads the program in the initrd and starts it; ends the machine with status 127 when there is no
 * image and 126 when it can not be executed. */
void uk_loader_run(const struct uk_boot_info *info,
		   const struct uk_start_arguments *arguments) __noreturn;

#endif
