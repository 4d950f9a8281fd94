/* SPDX-License-Identifier: BSD-3-Clause */
/* The places in the tree that a process resolves paths from. */
#ifndef UK_PATHS_H
#define UK_PATHS_H

#include <uk/path.h>
#include <uk/process.h>

struct uk_paths {
	struct uk_path root, current; /* chroot(2), chdir(2) */
	u32 umask;
	u32 references;
};

/* Without places yet and with one reference, or NULL. */
struct uk_paths *uk_paths_create(void);

static inline struct uk_paths *uk_paths_current(void)
{
	return uk_process_current()->paths;
}

#endif
