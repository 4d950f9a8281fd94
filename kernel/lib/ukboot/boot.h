/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
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

/* Parses the kernel's command line (docs/reference/kernel-command-line.md). Panics if memory is
 * short. */
void parameters_read(const char *line, struct parameters *parameters);

void banner_print(void);

/* Mounts the root and the file systems below it that the image contains, and what the command line
 * asks for. If that fails, ends the machine with a one-line message and status 125. */
void root_mount(const struct parameters *parameters, bool has_initrd);

/* Creates a directory to mount on that exists only here and is not listed: a shared host directory
 * is not changed. It exists for certain only while something is mounted on it or below. Stores the
 * dentry with a reference; 0 or -ENOMEM. */
int root_add_mountpoint(const struct uk_path *parent, const struct uk_name *name, u32 mode,
			struct uk_dentry **dentry);

/* fstab.c: mounts the entries for "/" (is_root), or only the others. */
void fstab_mount(const struct parameters *parameters, bool is_root, bool has_initrd);

#endif
