/* SPDX-License-Identifier: BSD-3-Clause */
/* Internal to lib/devpts. */
#ifndef LIB_DEVPTS_DEVPTS_H
#define LIB_DEVPTS_DEVPTS_H

#include <uk/mount.h>
#include <uk/tty.h>

#define PAIRS_MAX 4096 /* Linux's kernel.pty.max */

#define AUXILIARY_MAJOR 5 /* Linux, Documentation/admin-guide/devices.txt */
#define PTMX_MINOR	2
#define SLAVE_MAJOR	136

/* A mounted devpts, with terminals of its own. */
struct devpts {
	struct uk_superblock superblock;
	struct uk_vnode root, ptmx;
	u32 mode, ptmx_mode, uid, gid; /* mount options; uid and gid only if they were given */
	bool has_uid, has_gid;
	u32 max;
	u64 used[PAIRS_MAX / 64]; /* numbers */
};

static inline struct devpts *devpts_of(struct uk_superblock *superblock)
{
	return container_of(superblock, struct devpts, superblock);
}

/* filesystem.c */
bool devpts_is(const struct uk_superblock *superblock);
/* The lowest free number becomes used; -ENOSPC. */
int devpts_take_number(struct devpts *devpts);
void devpts_free_number(struct devpts *devpts, u32 number);
/* Adds the name of a terminal. NULL: no memory. */
struct uk_dentry *devpts_add(struct devpts *devpts, struct uk_tty *tty, u32 number);
void devpts_remove(struct uk_dentry *dentry);

/* ptmx.c */
int ptmx_open(struct uk_vnode *vnode, struct uk_file *file);

#endif
