/* SPDX-License-Identifier: BSD-3-Clause */
/* The file system in memory: ramfs, tmpfs, and those built on it. */
#ifndef UK_RAMFS_H
#define UK_RAMFS_H

#include <uk/file.h>

/*
 * Creates a superblock in memory, as `mount` of uk_filesystem_type. data: tmpfs(5)'s size=,
 * nr_blocks=, nr_inodes=, mode=, uid=, gid=; others are ignored. limited: to half of the memory if
 * data has no size.
 */
int uk_ramfs_new(const struct uk_filesystem_type *type, u64 magic, bool limited, const char *data,
		 struct uk_superblock **superblock);

/*
 * Makes `size` bytes at data the contents of an empty regular file of this file system, without a
 * copy: data must stay unchanged for ever and is never written to. Pages are copied when they are
 * written, and when they are mapped but are not page-aligned or not whole.
 */
void uk_ramfs_borrow(struct uk_vnode *vnode, const void *data, size_t size);

/* memfd_create(2) without its checks: flags MFD_*; name in kernel memory, at most 249 bytes. */
struct uk_file *uk_ramfs_new_memfd(const char *name, u32 flags, int *error);
/* Creates a file of size bytes for memory that processes share, without descriptor; its name is
 * shown with " (deleted)" in /proc/PID/maps. NULL and *error: -ENOMEM, -ENFILE. */
struct uk_file *uk_ramfs_new_shared_memory(const char *name, size_t size, int *error);

#endif
