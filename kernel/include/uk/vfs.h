/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file calls in kernel terms, for the handlers of posix-path and others. Paths are kernel
 * memory, terminated; relative ones begin at start. All return 0 or a negative errno like the
 * system call of that name.
 */
#ifndef UK_VFS_H
#define UK_VFS_H

#include <uk/fd_table.h>

/* open(2), openat2(2): flags O_*; mode before the umask is applied; lookup: RESOLVE_*. Returns the
 * file, or NULL and *error. */
struct uk_file *uk_vfs_open(const struct uk_path *start, const char *path, u32 flags, u32 mode,
			    u32 lookup, int *error);

/* mknod(2) for every type except directories and links; mode includes the type. */
int uk_vfs_mknod(const struct uk_path *start, const char *path, u32 mode, u64 rdev);
/* The same for a negative dentry that uk_path_lookup_one() found in a directory, without a report
 * (uk/notify.h). */
int uk_vfs_mknod_at(const struct uk_path *parent, struct uk_dentry *dentry, u32 mode, u64 rdev);
int uk_vfs_mkdir(const struct uk_path *start, const char *path, u32 mode);
int uk_vfs_symlink(const char *target, const struct uk_path *start, const char *path);
/* Adds a name for the file that `from` refers to. */
int uk_vfs_link(const struct uk_path *from, const struct uk_path *start, const char *path);
int uk_vfs_unlink(const struct uk_path *start, const char *path);
int uk_vfs_rmdir(const struct uk_path *start, const char *path);
int uk_vfs_rename(const struct uk_path *old_start, const char *old_path,
		  const struct uk_path *new_start, const char *new_path, u32 flags);

/* Reads the target of a link into kernel memory, at most size bytes. Returns their number, or
 * -EINVAL. */
ssize_t uk_vfs_readlink(const struct uk_path *path, char *buffer, size_t size);
/* Changes attributes, if the mount is writable; ctime is set as well. */
int uk_vfs_set_attributes(const struct uk_path *path, struct uk_vnode_attributes *attributes);
/* The same for a file without a path. */
int uk_vnode_set_attributes(struct uk_vnode *vnode, struct uk_vnode_attributes *attributes);
/* truncate(2) and ftruncate(2) of a regular file. */
int uk_vnode_truncate(struct uk_vnode *vnode, s64 size);
/* The same, and reports it (uk/notify.h); dentry: the file's name, or NULL. */
int uk_vfs_truncate(struct uk_dentry *dentry, struct uk_vnode *vnode, s64 size);
/* stat(2), statfs(2). */
int uk_vnode_status(struct uk_vnode *vnode, struct stat *status);
int uk_vfs_statfs(struct uk_superblock *superblock, u32 mount_flags, struct statfs *status);
/* sync(2). */
void uk_vfs_sync(void);

/*
 * For the loader: opens the file of an executable for reading. flags: O_NOFOLLOW or 0. -EACCES if
 * it is not a regular file, has no x bit, or is on a noexec mount; -ETXTBSY while it is open for
 * writing. Read it by uk_file_read_kernel(), map it by vnode->operations->page. The caller
 * maintains vnode->executed. reopen: the same for the file of a descriptor.
 */
struct uk_file *uk_vfs_open_executable(const struct uk_path *start, const char *path, u32 flags,
				       int *error);
struct uk_file *uk_vfs_reopen_executable(const struct uk_file *file, int *error);

#endif
