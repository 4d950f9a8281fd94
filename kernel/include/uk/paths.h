/* SPDX-License-Identifier: BSD-3-Clause */
/* The directories from which a process resolves paths. */
#ifndef UK_PATHS_H
#define UK_PATHS_H

#include <uk/path.h>
#include <uk/process.h>

struct uk_paths {
	struct uk_path root, current; /* chroot(2), chdir(2) */
	u32 umask;
	u32 references;
};

/* Creates the object with one reference; root and current are not set yet. NULL: no memory. */
struct uk_paths *uk_paths_create(void);

/* fork(2): a copy with one reference. NULL: no memory. */
struct uk_paths *uk_paths_fork(const struct uk_paths *paths);
static inline struct uk_paths *uk_paths_get(struct uk_paths *paths)
{
	paths->references++;
	return paths;
}
void uk_paths_put(struct uk_paths *paths);

static inline struct uk_paths *uk_paths_current(void)
{
	return uk_process_current()->paths;
}

#endif
