/* SPDX-License-Identifier: BSD-3-Clause */
/* How mounts are made and hung into the tree. */
#ifndef VFS_MOUNT_TREE_H
#define VFS_MOUNT_TREE_H

#include <uk/mount.h>
#include <uk/path.h>

/* Those that a mount keeps. */
#define MOUNT_FLAGS                                                                                \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | \
	 MS_STRICTATIME | MS_NOSYMFOLLOW)

/* A mount that is nowhere yet, with one reference; NULL when memory is short. */
struct uk_mount *mount_create(struct uk_superblock *superblock, struct uk_dentry *root,
			      const char *source, u32 flags);
/* Hangs it on target (NULL: it is the root); the reference becomes the list's. */
void mount_attach(struct uk_mount *mount, const struct uk_path *target);
/* Takes it out; the list's reference becomes the caller's. */
void mount_detach(struct uk_mount *mount);

#endif
