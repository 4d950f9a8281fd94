/* SPDX-License-Identifier: BSD-3-Clause */
/* A name that is to be made, removed or moved. */
#ifndef VFS_NAMES_H
#define VFS_NAMES_H

#include "vfs.h"

struct names_place {
	struct uk_path parent;
	struct uk_last last;
	struct uk_dentry *dentry; /* NULL until names_find() */
};

/* The directory. 0, or a negative errno and nothing to end. */
int names_begin(struct names_place *place, const struct uk_path *start, const char *path);
/* The name in it: negative only when create is set. */
int names_find(struct names_place *place, bool create);
void names_end(struct names_place *place);

#endif
