/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef UKBOOT_BOOT_H
#define UKBOOT_BOOT_H

#include <uk/elf_loader.h>
#include <uk/path.h>

struct parameters {
	struct uk_start_arguments start;
	bool quiet;
	bool has_seed;
	u64 seed;
	char **fstab; /* vfs.fstab=: what to mount, in order */
	unsigned int fstab_count;
};

/* Reads the kernel's command line (docs/reference/kernel-command-line.md). Panics when memory is
 * short. */
void parameters_read(const char *line, struct parameters *parameters);

void banner_print(void);

/* Mounts the root and what belongs in it, as far as the image has the file systems, and what the
 * command line says. Ends the machine with one line and status 125 when that cannot be done. */
void root_mount(const struct parameters *parameters, bool has_initrd);

/* A folder to mount on that is known here alone, and not listed: a folder of the host does not get
 * it. It is sure to be there while something is mounted on it or below. The dentry with a
 * reference; 0 or -ENOMEM. */
int root_add_mountpoint(const struct uk_path *parent, const struct uk_name *name, u32 mode,
			struct uk_dentry **dentry);

/* fstab.c: one entry. Of those for "/" (is_root) or of the others only. */
void fstab_mount(const struct parameters *parameters, bool is_root, bool has_initrd);

#endif
