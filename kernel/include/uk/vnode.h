/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Vnodes: what a name leads to, in whatever file system. A file system embeds struct uk_vnode in
 * its own node and fills two tables: operations (the node) and file_operations (its open files,
 * uk/file.h).
 *
 * Everything here runs on one processor without preemption, so there are no locks. An operation
 * that must wait loops on ukplat_wait() and gives up with -UK_ERESTART when uk_signal_pending().
 */
#ifndef UK_VNODE_H
#define UK_VNODE_H

#include <uk/essentials.h>
#include <uk/linux/stat.h>
#include <uk/page.h>

struct flock;
struct uk_dentry;
struct uk_file;
struct uk_file_operations;
struct uk_lock;
struct uk_path;
struct uk_superblock;
struct uk_vnode;
struct vma_node;

/* What setattr changes: those whose bit is in valid. Times are nanoseconds since the epoch. */
#define UK_ATTRIBUTE_MODE  1u
#define UK_ATTRIBUTE_UID   2u
#define UK_ATTRIBUTE_GID   4u
#define UK_ATTRIBUTE_SIZE  8u
#define UK_ATTRIBUTE_ATIME 16u
#define UK_ATTRIBUTE_MTIME 32u
#define UK_ATTRIBUTE_CTIME 64u
/* With ATIME or MTIME: the program said "now", so a remote file system may take its own clock. */
#define UK_ATTRIBUTE_NOW   128u
struct uk_vnode_attributes {
	u32 valid;
	u32 mode; /* permission bits, S_ISUID, S_ISGID, S_ISVTX; the type stays */
	u32 uid, gid;
	u64 size; /* bytes; at most INT64_MAX */
	s64 atime, mtime, ctime;
};

/*
 * What a file system does with a node. All return 0 or a negative errno, unless said otherwise. A
 * NULL operation is not there: the errno in brackets, or what is told.
 *
 * The caller has checked: types (ENOTDIR, EISDIR), the mount's read-only flag (EROFS), that the new
 * name is free (EEXIST) or the old one is there (ENOENT), name lengths (ENAMETOOLONG), rename's
 * loops (EINVAL). A dentry given to an operation is hashed in no other place and stays alive during
 * the call.
 */
struct uk_vnode_operations {
	/*
	 * Looks for dentry->name in the directory: uk_dentry_set_vnode() when it is there, nothing
	 * and 0 when it is not. NULL: all names of the directory are always in the dentry cache
	 * (ramfs), so what is not in the cache is not there.
	 */
	int (*lookup)(struct uk_vnode *directory, struct uk_dentry *dentry);
	/* Whether a cached dentry (also a negative one) still says the truth: 1, or 0 to have it
	 * looked up again. Called at each use in a walk. NULL: it does. */
	int (*revalidate)(struct uk_vnode *directory, struct uk_dentry *dentry);

	/* New nodes: each ends with uk_dentry_set_vnode(). mode has the umask taken off; for mknod
	 * it holds the type too (S_IFREG comes to create). [EPERM] */
	int (*create)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*mkdir)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*mknod)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode, u64 rdev);
	int (*symlink)(struct uk_vnode *directory, struct uk_dentry *dentry, const char *target);
	/* open(2) with O_TMPFILE: a regular file without a name (nlink 0). [EOPNOTSUPP] */
	int (*tmpfile)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*link)(struct uk_vnode *directory, struct uk_dentry *dentry, struct uk_vnode *vnode);

	/* Removal of dentry->vnode's name. The caller takes the dentry out of the cache afterwards.
	 * rmdir: -ENOTEMPTY. [EPERM] */
	int (*unlink)(struct uk_vnode *directory, struct uk_dentry *dentry);
	int (*rmdir)(struct uk_vnode *directory, struct uk_dentry *dentry);
	/* flags: 0, RENAME_NOREPLACE or RENAME_EXCHANGE; others -EINVAL. A target that is there is
	 * replaced: -ENOTEMPTY. The caller moves the dentries afterwards. [EPERM] */
	int (*rename)(struct uk_vnode *old_directory, struct uk_dentry *old_dentry,
		      struct uk_vnode *new_directory, struct uk_dentry *new_dentry, u32 flags);

	/* Brings the fields of the vnode up to date. NULL: they always are. */
	int (*getattr)(struct uk_vnode *vnode);
	/* Makes the change where it lasts, and in the fields (uk_vnode_apply()). NULL: memory is
	 * enough, and a change of size is -EINVAL. */
	int (*setattr)(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);

	/* A symbolic link whose text is not in vnode->link: at most size bytes to kernel memory,
	 * not terminated; the number. */
	ssize_t (*readlink)(struct uk_vnode *vnode, char *buffer, size_t size);
	/* A magic link (/proc/self/fd/N): *path itself, with references. readlink gives what it
	 * looks like. */
	int (*follow)(struct uk_vnode *vnode, struct uk_path *path);

	/* A file of the vnode is being opened: file has its vnode, path, flags, mode and
	 * vnode->file_operations; this may change the operations, data and mode. The counterpart is
	 * release in uk_file_operations. NULL: devices and fifos are opened by uk/device.h. */
	int (*open)(struct uk_vnode *vnode, struct uk_file *file);

	/*
	 * The frame that holds page `index` (of UK_PAGE_SIZE bytes) of a regular file, for mmap(2)
	 * and the loader; not a copy. The frame comes with a reference of its own: uk_page_put() it
	 * when it is no longer mapped (for frames of the initial ramdisk that does nothing). Bytes
	 * behind the file's end are zero in its last page when it is handed out.
	 * for_write false: the frame must not be written to; a later write to the file may put
	 * another frame in its place, after uk_vnode_unmap(). for_write true: it stays the file's
	 * page until truncation, again after uk_vnode_unmap(), so that shared mappings and
	 * write(2) see one another.
	 * -ENXIO: the page lies wholly behind the end (SIGBUS). -ENOSPC or -ENOMEM: memory is
	 * short. [ENODEV]
	 */
	int (*page)(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame);

	/* Whether page() takes neither new memory nor the time of a device: mincore(2), and which
	 * neighbours a fault maps along. Pages behind the end are not. NULL: all others are. */
	bool (*resident)(struct uk_vnode *vnode, u64 index);

	/* fsync(2), fdatasync(2) when data_only. NULL: there is nothing behind memory. */
	int (*sync)(struct uk_vnode *vnode, bool data_only);
	/* fallocate(2) with mode's FALLOC_FL_* bits; offset and length are sane. [EOPNOTSUPP] */
	int (*allocate)(struct uk_vnode *vnode, u32 mode, s64 offset, s64 length);
	/* lseek(2) with SEEK_DATA or SEEK_HOLE, offset below the size: the new offset, or -ENXIO.
	 * NULL: all is data up to the end. */
	s64 (*seek)(struct uk_vnode *vnode, s64 offset, int whence);

	/* Record locks (not flock(2)'s) that others than this machine see, once nothing here is in
	 * the way: sets one or takes it away. -EAGAIN: somebody else's is in the way; nobody tells
	 * when it goes. NULL: there is nobody else. */
	int (*lock)(struct uk_vnode *vnode, const struct uk_lock *lock);
	/* F_GETLK of those: fills flock, F_UNLCK when none is in the way. */
	int (*get_lock)(struct uk_vnode *vnode, const struct uk_lock *lock, struct flock *flock);
};

/* vnode->flags */
#define UK_VNODE_UNCACHED    1u /* a directory whose names are looked up anew each time */
#define UK_VNODE_NO_NEGATIVE 2u /* a directory where absence is not remembered */
#define UK_VNODE_LINKABLE    4u /* of O_TMPFILE: link(2) may give it a name */
#define UK_VNODE_SEALABLE    8u /* fcntl(2) F_ADD_SEALS works on it */

struct uk_vnode {
	const struct uk_vnode_operations *operations;
	const struct uk_file_operations *file_operations;
	struct uk_superblock *superblock;
	u64 ino;
	u32 references; /* at 0: superblock->operations->free_vnode() */
	u32 mode;	/* type and permission bits, S_IF* */
	u32 nlink, uid, gid;
	u32 flags;			/* UK_VNODE_* */
	u64 size;			/* bytes */
	u64 blocks;			/* in use, of 512 bytes */
	u64 rdev;			/* devices: uk_device_number() */
	s64 atime, mtime, ctime, btime; /* nanoseconds since the epoch */
	const char *link; /* a symbolic link's text, when it is in memory; size is its length */
	struct uk_lock *locks;	   /* posix-fdtab: record locks and flock(2) */
	struct vma_node *mappings; /* lib/mm: the VMAs that map it, of all address spaces */
	u32 mapped_for_write;	   /* how many of these may be, or become, a way to write to it */
	u32 seals;		   /* F_SEAL_* of memfd_create(2) */
	u32 files;		   /* open files, O_PATH ones too */
	u32 writers;		   /* those of them that may write */
	u32 executed;		   /* programs that run from it: nobody may write to it (ETXTBSY) */
};

/* Fills what every node has: one reference, nlink 1, now as all times; the rest is zero. */
void uk_vnode_init(struct uk_vnode *vnode, struct uk_superblock *superblock,
		   const struct uk_vnode_operations *operations,
		   const struct uk_file_operations *file_operations, u64 ino, u32 mode);

static inline struct uk_vnode *uk_vnode_get(struct uk_vnode *vnode)
{
	vnode->references++;
	return vnode;
}
void uk_vnode_free(struct uk_vnode *vnode);
static inline void uk_vnode_put(struct uk_vnode *vnode)
{
	if (--vnode->references == 0)
		uk_vnode_free(vnode);
}

static inline bool uk_vnode_is(const struct uk_vnode *vnode, u32 type)
{
	return (vnode->mode & S_IFMT) == type;
}

/* The time for atime, mtime and ctime: CLOCK_REALTIME, nanoseconds. */
s64 uk_vnode_now(void);
/* Copies the valid attributes but size into the fields. */
void uk_vnode_apply(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);

/*
 * Who takes pages [first, end) away from a vnode, or puts others in their place, calls this before.
 * It does nothing unless the vnode is mapped; lib/mm sets the function, which removes the pages
 * from all mappings of the file (and puts their references), so that the next access faults. What
 * private mappings copied stays, but not behind a new end of the file: end is UINT64_MAX then.
 */
extern void (*uk_vnode_unmap_mappings)(struct uk_vnode *vnode, u64 first, u64 end);
static inline void uk_vnode_unmap(struct uk_vnode *vnode, u64 first, u64 end)
{
	if (unlikely(vnode->mappings))
		uk_vnode_unmap_mappings(vnode, first, end);
}

#endif
