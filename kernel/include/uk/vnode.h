/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Vnodes: what a name refers to, in any file system. A file system embeds struct uk_vnode in its
 * own node and fills two tables: operations (the node) and file_operations (its open files,
 * uk/file.h).
 *
 * Everything here runs on one processor without preemption, so there are no locks. An operation
 * that must wait uses a queue (uk/wait.h), and returns -UK_ERESTART if a signal is pending.
 */
#ifndef UK_VNODE_H
#define UK_VNODE_H

#include <uk/essentials.h>
#include <uk/linux/stat.h>
#include <uk/page.h>
#include <uk/wait.h>

struct flock;
struct uk_dentry;
struct uk_file;
struct uk_file_operations;
struct uk_lock;
struct uk_path;
struct uk_superblock;
struct uk_vnode;
struct vma_node;

/* The attributes that setattr changes: those whose bit is in valid. Times are nanoseconds since the
 * epoch. */
#define UK_ATTRIBUTE_MODE  1u
#define UK_ATTRIBUTE_UID   2u
#define UK_ATTRIBUTE_GID   4u
#define UK_ATTRIBUTE_SIZE  8u
#define UK_ATTRIBUTE_ATIME 16u
#define UK_ATTRIBUTE_MTIME 32u
#define UK_ATTRIBUTE_CTIME 64u
/* With ATIME or MTIME: the program asked for "now", so a remote file system may use its own
 * clock. */
#define UK_ATTRIBUTE_NOW   128u
struct uk_vnode_attributes {
	u32 valid;
	u32 mode; /* permission bits, S_ISUID, S_ISGID, S_ISVTX; the type stays */
	u32 uid, gid;
	u64 size; /* bytes; at most INT64_MAX */
	s64 atime, mtime, ctime;
};

/*
 * The operations of a file system on a node. All return 0 or a negative errno, unless their comment
 * says otherwise. A NULL operation is not supported: the errno in brackets, or as described.
 *
 * The caller has checked types (ENOTDIR, EISDIR), the mount's read-only flag (EROFS), that the new
 * name is free (EEXIST) or the old one exists (ENOENT), name lengths (ENAMETOOLONG), and loops of
 * rename (EINVAL). A dentry given to an operation is hashed in no other place and stays alive
 * during the call.
 */
struct uk_vnode_operations {
	/*
	 * Looks up dentry->name in the directory: calls uk_dentry_set_vnode() if it exists;
	 * otherwise does nothing and returns 0. NULL: all names of the directory are always in the
	 * dentry cache (ramfs), so a name that is not cached does not exist.
	 */
	int (*lookup)(struct uk_vnode *directory, struct uk_dentry *dentry);
	/* Whether a cached dentry (also a negative one) is still valid: 1, or 0 to have it looked
	 * up again. Called at each use in a walk. NULL: it is. */
	int (*revalidate)(struct uk_vnode *directory, struct uk_dentry *dentry);

	/* New nodes: each calls uk_dentry_set_vnode() at the end. The umask is already applied to
	 * mode; for mknod it includes the type too (S_IFREG goes to create). [EPERM] */
	int (*create)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*mkdir)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*mknod)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode, u64 rdev);
	int (*symlink)(struct uk_vnode *directory, struct uk_dentry *dentry, const char *target);
	/* open(2) with O_TMPFILE: a regular file without a name (nlink 0). [EOPNOTSUPP] */
	int (*tmpfile)(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode);
	int (*link)(struct uk_vnode *directory, struct uk_dentry *dentry, struct uk_vnode *vnode);

	/* Remove the name of dentry->vnode. The caller removes the dentry from the cache
	 * afterwards. rmdir: -ENOTEMPTY. [EPERM] */
	int (*unlink)(struct uk_vnode *directory, struct uk_dentry *dentry);
	int (*rmdir)(struct uk_vnode *directory, struct uk_dentry *dentry);
	/* flags: 0, RENAME_NOREPLACE or RENAME_EXCHANGE; others -EINVAL. An existing target is
	 * replaced: -ENOTEMPTY. The caller moves the dentries afterwards. [EPERM] */
	int (*rename)(struct uk_vnode *old_directory, struct uk_dentry *old_dentry,
		      struct uk_vnode *new_directory, struct uk_dentry *new_dentry, u32 flags);

	/* Brings the fields of the vnode up to date. NULL: they always are. */
	int (*getattr)(struct uk_vnode *vnode);
	/* Makes the change permanent, and applies it to the fields (uk_vnode_apply()). NULL: only
	 * the fields change, and a change of size is -EINVAL. */
	int (*setattr)(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);

	/* Called when mode and capabilities forbid an access (may: UK_MAY_*): 0 allows it. NULL:
	 * never. [EACCES] */
	int (*permission)(const struct uk_vnode *vnode, u32 may);

	/* Reads a symbolic link whose target is not in vnode->link: at most size bytes to kernel
	 * memory, not terminated. Returns their number. */
	ssize_t (*readlink)(struct uk_vnode *vnode, char *buffer, size_t size);
	/* Follows a magic link (/proc/self/fd/N): stores *path itself, with references. readlink
	 * returns its text. */
	int (*follow)(struct uk_vnode *vnode, struct uk_path *path);

	/* Called when a file of the vnode is opened: file has its vnode, path, flags, mode and
	 * vnode->file_operations; this may change the operations, data and mode. The counterpart is
	 * release in uk_file_operations. NULL: devices and fifos are opened by uk/device.h. */
	int (*open)(struct uk_vnode *vnode, struct uk_file *file);

	/*
	 * Returns the frame that holds page `index` (of UK_PAGE_SIZE bytes) of a regular file, for
	 * mmap(2) and the loader; not a copy. The frame comes with its own reference: uk_page_put()
	 * it when it is no longer mapped (that has no effect on frames of the initial ramdisk). In
	 * the file's last page, the bytes past its end are zero when the frame is returned.
	 * for_write false: the frame must not be written to; a later write to the file may replace
	 * it by another frame, after uk_vnode_unmap(). for_write true: it stays the file's page
	 * until truncation, again after uk_vnode_unmap(), so that shared mappings and write(2) see
	 * each other's changes. -ENXIO: the page is entirely past the end (SIGBUS). -ENOSPC or
	 * -ENOMEM: memory is short. [ENODEV]
	 */
	int (*page)(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame);

	/* Whether page() needs neither new memory nor device I/O: mincore(2), and which neighbours
	 * a fault maps too. Pages past the end do not count as resident. NULL: all others do. */
	bool (*resident)(struct uk_vnode *vnode, u64 index);

	/* fsync(2), fdatasync(2) if data_only. NULL: there is no backing store. */
	int (*sync)(struct uk_vnode *vnode, bool data_only);
	/* fallocate(2) with mode's FALLOC_FL_* bits; offset and length have been checked.
	 * [EOPNOTSUPP] */
	int (*allocate)(struct uk_vnode *vnode, u32 mode, s64 offset, s64 length);
	/* lseek(2) with SEEK_DATA or SEEK_HOLE, offset below the size: returns the new offset, or
	 * -ENXIO. NULL: everything is data up to the end. */
	s64 (*seek)(struct uk_vnode *vnode, s64 offset, int whence);

	/* Record locks (not flock(2)'s) that others than this machine see: sets or removes one,
	 * after local conflicts were ruled out. -EAGAIN: somebody else's lock conflicts; nothing
	 * reports when that is released. NULL: nobody else uses the file. */
	int (*lock)(struct uk_vnode *vnode, const struct uk_lock *lock);
	/* F_GETLK for those locks: fills flock, with F_UNLCK if there is no conflict. */
	int (*get_lock)(struct uk_vnode *vnode, const struct uk_lock *lock, struct flock *flock);
};

/* vnode->flags */
#define UK_VNODE_UNCACHED    1u /* a directory whose names are looked up again on each access */
#define UK_VNODE_NO_NEGATIVE 2u /* a directory for which negative dentries are not cached */
#define UK_VNODE_LINKABLE    4u /* from O_TMPFILE: link(2) may give it a name */
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
	u64 blocks;			/* used, in units of 512 bytes */
	u64 rdev;			/* devices: uk_device_number() */
	s64 atime, mtime, ctime, btime; /* nanoseconds since the epoch */
	/* a symbolic link's target, if it is in memory; size is its length */
	const char *link;
	struct uk_lock *locks;		 /* record locks and flock(2)'s (uk/lock.h) */
	struct uk_wait_queue lock_queue; /* woken when one of them is released or changed */
	struct vma_node *mappings;	 /* lib/mm: the VMAs that map it, in all address spaces */
	u32 mapped_for_write; /* how many of them can, or might, be used to write to it */
	u32 seals;	      /* F_SEAL_* of memfd_create(2) */
	u32 files;	      /* open files, including O_PATH ones */
	u32 writers;	      /* those of them that are open for writing */
	u32 executed;	      /* programs that run from it: writing is refused (ETXTBSY) */
};

/* Sets what every node has: one reference, nlink 1, the current time for all times; the rest is
 * zero. */
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
/* Copies the valid attributes except size into the fields. */
void uk_vnode_apply(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);

/*
 * Call this before removing or replacing pages [first, end) of a vnode. It does nothing unless the
 * vnode is mapped; lib/mm sets the function, which removes the pages from all mappings of the file
 * (and puts their references), so that the next access faults. Copies made by private mappings
 * stay, except past a new end of the file: end is UINT64_MAX then.
 */
extern void (*uk_vnode_unmap_mappings)(struct uk_vnode *vnode, u64 first, u64 end);
static inline void uk_vnode_unmap(struct uk_vnode *vnode, u64 first, u64 end)
{
	if (unlikely(vnode->mappings))
		uk_vnode_unmap_mappings(vnode, first, end);
}

#endif
