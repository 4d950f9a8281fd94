/* SPDX-License-Identifier: BSD-3-Clause */
/* Creating mounts and attaching them to the tree. */
#ifndef VFS_MOUNT_TREE_H
#define VFS_MOUNT_TREE_H

#include <uk/mount.h>
#include <uk/path.h>

/* The flags that a mount keeps. */
#define MOUNT_FLAGS                                                                                \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME | \
	 MS_STRICTATIME | MS_NOSYMFOLLOW)

/* Creates a mount that is not attached yet, with one reference; NULL if memory is short. */
struct uk_mount *mount_create(struct uk_superblock *superblock, struct uk_dentry *root,
			      const char *source, u32 flags);
/* Attaches it to target (NULL: it is the root); its reference becomes the list's. */
void mount_attach(struct uk_mount *mount, const struct uk_path *target);
/* Detaches it; the list's reference becomes the caller's. */
void mount_detach(struct uk_mount *mount);

#endif
