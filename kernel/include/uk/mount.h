/* SPDX-License-Identifier: BSD-3-Clause */
/* File system types, superblocks (a file system in use), and mounts (where it is visible). */
#ifndef UK_MOUNT_H
#define UK_MOUNT_H

#include <uk/dentry.h>
#include <uk/linux/mount.h>

struct statfs;

/* A type of file system. Registered by a UK_INIT function of class UK_INIT_CLASS_PLAT. */
struct uk_filesystem_type {
	const char *name;
	bool needs_device; /* for /proc/filesystems: if false, "nodev" */
	/*
	 * Creates a superblock with a root dentry, for mount(2)'s source and data (kernel memory,
	 * terminated, may be ""). flags: MS_*. 0 or a negative errno; -EINVAL for invalid data.
	 */
	int (*mount)(const struct uk_filesystem_type *type, const char *source, u32 flags,
		     const char *data, struct uk_superblock **superblock);
	struct uk_filesystem_type *next;
};
void uk_filesystem_register(struct uk_filesystem_type *type);
/* The list, newest first. */
const struct uk_filesystem_type *uk_filesystem_types(void);

struct uk_superblock_operations {
	/* The last reference of a vnode was put. The space of an unlinked node (nlink 0) is
	 * freed. */
	void (*free_vnode)(struct uk_vnode *vnode);
	/* f_type, f_bsize, f_blocks...; the caller has set f_fsid, f_flags and f_namelen (255). */
	int (*statfs)(struct uk_superblock *superblock, struct statfs *status);
	int (*sync)(struct uk_superblock *superblock); /* NULL: there is no backing store */
	/* mount(2) with MS_REMOUNT. NULL: data is ignored. */
	int (*remount)(struct uk_superblock *superblock, u32 flags, const char *data);
	/* Options for /proc/mounts, with a comma before each. NULL: none. */
	int (*options)(struct uk_superblock *superblock, char *buffer, size_t size);
	/* The last reference was put: free the file system and the superblock. The root dentry was
	 * put, and the cache holds none of its dentries. */
	void (*release)(struct uk_superblock *superblock);
};

struct uk_superblock {
	const struct uk_superblock_operations *operations;
	const struct uk_filesystem_type *type;
	struct uk_dentry *root;
	u64 device;	/* st_dev; set by uk_superblock_init() */
	u32 block_size; /* st_blksize */
	u32 references; /* of mounts */
	u64 magic;	/* statfs(2)'s f_type */
	u64 last_ino;	/* for uk_superblock_next_ino() */
	bool read_only;
	void *data; /* the file system's */
};
/* Sets one reference and the next anonymous device number (major 0, like Linux). */
void uk_superblock_init(struct uk_superblock *superblock, const struct uk_filesystem_type *type,
			const struct uk_superblock_operations *operations, u64 magic);
static inline u64 uk_superblock_next_ino(struct uk_superblock *superblock)
{
	return ++superblock->last_ino;
}
void uk_superblock_put(struct uk_superblock *superblock);

struct uk_mount {
	struct uk_mount *parent;      /* NULL for the root and for a detached mount */
	struct uk_dentry *mountpoint; /* in the parent; with a reference */
	struct uk_dentry *root;	      /* what is visible there; with a reference */
	struct uk_superblock *superblock;
	struct uk_mount *next; /* the list, oldest first */
	u32 flags;	       /* MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME... */
	u32 id;
	u32 references; /* from paths and from mounts on it, and one from the list */
	bool attached;
	char source[]; /* for /proc/mounts */
};
extern struct uk_mount *uk_mounts; /* the first is the root */

static inline struct uk_mount *uk_mount_get(struct uk_mount *mount)
{
	mount->references++;
	return mount;
}
void uk_mount_free(struct uk_mount *mount);
static inline void uk_mount_put(struct uk_mount *mount)
{
	if (--mount->references == 0)
		uk_mount_free(mount);
}
/* Returns the topmost mount on (mount, dentry), or NULL; without a reference. */
struct uk_mount *uk_mount_at(const struct uk_mount *mount, const struct uk_dentry *dentry);
/* 0, or -EROFS. */
int uk_mount_check_write(const struct uk_mount *mount);

/* mount(2) in kernel terms; all strings are kernel memory. target is a path with references. */
int uk_mount_new(const char *type, const char *source, const struct uk_path *target, u32 flags,
		 const char *data);
int uk_mount_bind(const struct uk_path *from, const struct uk_path *target, bool recursive);
int uk_mount_move(const struct uk_path *from, const struct uk_path *target);
int uk_mount_remount(const struct uk_path *target, u32 flags, const char *data, bool bind);
/* umount2(2): flags MNT_*. -EINVAL: target is not the root of a mount. -EBUSY. */
int uk_mount_remove(const struct uk_path *target, u32 flags);
/* At boot: the first mount. */
int uk_mount_root(const char *type, const char *data);

#endif
