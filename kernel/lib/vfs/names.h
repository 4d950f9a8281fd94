/* SPDX-License-Identifier: BSD-3-Clause */
/* A name to create, remove or move. */
#ifndef VFS_NAMES_H
#define VFS_NAMES_H

#include "vfs.h"

struct names_place {
	struct uk_path parent;
	struct uk_last last;
	struct uk_dentry *dentry; /* NULL until names_find() */
};

/* Finds the directory. 0, or a negative errno; on failure names_end() must not be called. */
int names_begin(struct names_place *place, const struct uk_path *start, const char *path);
/* Finds the name in it. The dentry may be negative only if create is set. */
int names_find(struct names_place *place, bool create);
void names_end(struct names_place *place);

#endif
