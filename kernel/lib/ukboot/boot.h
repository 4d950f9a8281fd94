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
	char **fstab; /* vfs.fstab=: what to mount, in order */
	unsigned int fstab_count;
};

/* Reads the kernel's command line (docs/architecture.md). Panics when memory is short. */
void parameters_read(const char *line, struct parameters *parameters);

void banner_print(void);

/* Mounts the root and what belongs in it, as far as the image has the file systems, and what the
 * command line says. Ends the machine with one line and status 125 when that can not be done. */
void root_mount(const struct parameters *parameters, bool has_initrd);

/* fstab.c: one entry. Of those for "/" (is_root) or of the others only. */
void fstab_mount(const struct parameters *parameters, bool is_root, bool has_initrd);

#endif
