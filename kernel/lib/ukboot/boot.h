/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef UKBOOT_BOOT_H
#define UKBOOT_BOOT_H

#include <uk/elf_loader.h>

struct parameters {
	struct uk_start_arguments start;
	bool quiet;
	bool has_seed;
	u64 seed;
};

/* Reads the kernel's command line (docs/architecture.md). Panics when memory is short. */
void parameters_read(const char *line, struct parameters *parameters);

void banner_print(void);

/* Mounts the root and what belongs in it, as far as the image has the file systems. */
void root_mount(void);

#endif
