/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file calls in kernel terms: what the handlers of posix-path and others call. Paths are kernel
 * memory, terminated; start is where relative ones begin. All return 0 or a negative errno as the
 * system call of that name has it.
 */
#ifndef UK_VFS_H
#define UK_VFS_H

#include <uk/fd_table.h>

/* open(2), openat2(2): flags O_*; mode with the umask not yet taken off; lookup: RESOLVE_*. The
 * file, or NULL and *error. */
struct uk_file *uk_vfs_open(const struct uk_path *start, const char *path, u32 flags, u32 mode,
			    u32 lookup, int *error);

/* mknod(2) for every type but directories and links; mode holds the type. */
int uk_vfs_mknod(const struct uk_path *start, const char *path, u32 mode, u64 rdev);
int uk_vfs_mkdir(const struct uk_path *start, const char *path, u32 mode);
int uk_vfs_symlink(const char *target, const struct uk_path *start, const char *path);
/* A further name for what `from` is. */
int uk_vfs_link(const struct uk_path *from, const struct uk_path *start, const char *path);
int uk_vfs_unlink(const struct uk_path *start, const char *path);
int uk_vfs_rmdir(const struct uk_path *start, const char *path);
int uk_vfs_rename(const struct uk_path *old_start, const char *old_path,
		  const struct uk_path *new_start, const char *new_path, u32 flags);

/* The text of a link: at most size bytes to kernel memory; the number, or -EINVAL. */
ssize_t uk_vfs_readlink(const struct uk_path *path, char *buffer, size_t size);
/* Changes attributes, on a mount that can be written; ctime is set as well. */
int uk_vfs_set_attributes(const struct uk_path *path, struct uk_vnode_attributes *attributes);
/* The same of a file without a place in the tree. */
int uk_vnode_set_attributes(struct uk_vnode *vnode, struct uk_vnode_attributes *attributes);
/* truncate(2) and ftruncate(2) of a regular file. */
int uk_vnode_truncate(struct uk_vnode *vnode, s64 size);
/* The same, and tells it (uk/notify.h); dentry: the file's name, or NULL. */
int uk_vfs_truncate(struct uk_dentry *dentry, struct uk_vnode *vnode, s64 size);
/* stat(2), statfs(2). */
int uk_vnode_status(struct uk_vnode *vnode, struct stat *status);
int uk_vfs_statfs(struct uk_superblock *superblock, u32 mount_flags, struct statfs *status);
/* sync(2). */
void uk_vfs_sync(void);

/*
 * The loader's way in: the file of an executable, opened for reading. -EACCES when it is no regular
 * file, has no x bit, or lies on a noexec mount; -ETXTBSY while somebody may write to it. Read it
 * by uk_file_read_kernel(), map it by vnode->operations->page. vnode->executed is the caller's to
 * count.
 */
struct uk_file *uk_vfs_open_executable(const struct uk_path *start, const char *path, int *error);

#endif
