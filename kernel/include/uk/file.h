/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files: what open(2), pipe(2), socket(2) make and descriptors refer to. */
#ifndef UK_FILE_H
#define UK_FILE_H

#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/notify.h>

struct uk_file;
struct uk_listing;

/*
 * What an open file does. A missing function is the errno in brackets.
 *
 * buffer is the program's memory, checked by uk_access_ok(), or the kernel's (sendfile(2), the
 * loader): it is followed only by copy_to_buffer(), copy_from_buffer() and clear_buffer() of
 * uk/uaccess.h. length is at most 0x7ffff000 and may be 0. A fault after some bytes is a short
 * count, before the first one -EFAULT.
 *
 * offset is where to read or write, bytes; the caller keeps file->offset. For files that cannot
 * be sought (no UK_FILE_SEEK) it means nothing.
 */
struct uk_file_operations {
	/* A number of bytes, 0 at the end. [EINVAL, of a directory EISDIR] */
	ssize_t (*read)(struct uk_file *file, void *buffer, size_t length, s64 offset);
	ssize_t (*write)(struct uk_file *file, const void *buffer, size_t length, s64 offset);
	/* lseek(2): the new offset, which the caller stores. NULL: by the vnode's size, as regular
	 * files do, or -ESPIPE without UK_FILE_SEEK. */
	s64 (*seek)(struct uk_file *file, s64 offset, int whence);
	/* Events of POLL* that hold now, of those in wanted and POLLERR, POLLHUP. NULL: always
	 * ready to be read and written. */
	int (*poll)(struct uk_file *file, int wanted);
	/* A number that is another one when something new has happened of which wanted events
	 * tell, whether they held before or not: epoll(7)'s edges. NULL: nobody knows, and what
	 * holds counts as new. */
	u32 (*edges)(struct uk_file *file, int wanted);
	/* Requests that are not every file's. [ENOTTY] */
	long (*ioctl)(struct uk_file *file, unsigned int request, void __user *argument);
	/* Requests of fcntl(2) that are not every file's. [EBADF] */
	long (*control)(struct uk_file *file, unsigned int operation, unsigned long argument);
	/* sendfile(2) to a file that takes as much as there is room for, and not all: *offset of
	 * `from` is moved on. A number of bytes. NULL: by write. */
	ssize_t (*splice)(struct uk_file *file, struct uk_file *from, s64 *offset, size_t length);
	/*
	 * getdents(2): calls uk_listing_add() for each entry from file->offset on ("." and ".."
	 * too: uk_listing_add_dots()) and sets file->offset to the `next` of the last one that was
	 * taken. Entries that stay while others are made or removed are seen exactly once.
	 * [ENOTDIR]
	 */
	int (*list)(struct uk_file *file, struct uk_listing *listing);
	/* What /proc/self/fd shows of a file without a path (`pipe:[7]`): as uk_snprintf(). */
	int (*name)(struct uk_file *file, char *buffer, size_t size);
	/* The last reference goes; frees what data points to. */
	void (*release)(struct uk_file *file);
};

/* file->mode */
#define UK_FILE_READ   1u /* bits of O_ACCMODE plus one, as Linux computes them */
#define UK_FILE_WRITE  2u
#define UK_FILE_SEEK   4u  /* has an offset: lseek(2), pread(2) */
#define UK_FILE_PATH   8u  /* O_PATH: a place in the tree and nothing more */
#define UK_FILE_OPENED 16u /* by open(2), to the end: closing it is told to uk/notify.h */

struct uk_file {
	const struct uk_file_operations *operations;
	u32 references;
	u32 mode;		/* UK_FILE_* */
	u32 flags;		/* as F_GETFL tells them */
	u32 number;		/* the operations' own */
	s64 offset;		/* shared by all descriptors and processes that have this file */
	struct uk_vnode *vnode; /* never NULL; with a reference */
	struct uk_interest *interests; /* lib/epoll: who waits for its events */
	struct uk_path path;	       /* both NULL for a file without a name */
	void *data;		       /* the operations' own */
};

#define UK_FILE_ACCESS_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK)

/*
 * A file of a vnode (whose reference is taken over, also on failure) that has no path: pipes,
 * sockets, memory files. flags: O_*. NULL and *error: -ENFILE (too many in all), -ENOMEM.
 */
struct uk_file *uk_file_new(struct uk_vnode *vnode, const struct uk_file_operations *operations,
			    u32 flags, int *error);
/* A vnode for it, of a file system that is nowhere mounted; mode with type. NULL: no memory. */
struct uk_vnode *uk_vnode_new_anonymous(u32 mode);

/* Opens the vnode of a path: what open(2) does when the walk is over. The file, or NULL and *error.
 */
struct uk_file *uk_file_open_path(const struct uk_path *path, u32 flags, int *error);

/* The place of an open file, with references, for who follows a link to it (/proc/self/fd/N): also
 * of one without a name, which can be opened again by it. 0 or -ENOMEM. */
int uk_file_place(const struct uk_file *file, struct uk_path *path);

void uk_file_release(struct uk_file *file);
/* Called for a file that has interests when it is released; lib/epoll sets it. */
extern void (*uk_file_end_interests)(struct uk_file *file);
static inline struct uk_file *uk_file_get(struct uk_file *file)
{
	file->references++;
	return file;
}
static inline void uk_file_put(struct uk_file *file)
{
	if (--file->references == 0)
		uk_file_release(file);
}

/*
 * Moving bytes at an offset, for who has checked that the file is open for that and that buffer is
 * the program's (or the kernel's own). A number of bytes, 0 at the end, or a negative errno.
 */
#define UK_FILE_LENGTH_MAX 0x7ffff000UL /* what one call moves at most: read(2), NOTES */
static inline bool uk_file_range_is_bad(s64 offset, size_t length)
{
	return (s64)((u64)offset + length) < 0; /* as Linux's rw_verify_area() */
}
static inline ssize_t uk_file_read_at(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	ssize_t result;

	if (!file->operations->read || uk_file_range_is_bad(offset, length))
		return uk_vnode_is(file->vnode, S_IFDIR) ? -EISDIR : -EINVAL;
	result = file->operations->read(file, buffer, MIN(length, UK_FILE_LENGTH_MAX), offset);
	if (result > 0)
		uk_notify(file->path.dentry, file->vnode, UK_NOTIFY_ACCESS);
	return result;
}
static inline ssize_t uk_file_write_at(struct uk_file *file, const void *buffer, size_t length,
				       s64 offset)
{
	ssize_t result;

	if (!file->operations->write || uk_file_range_is_bad(offset, length))
		return -EINVAL;
	result = file->operations->write(file, buffer, MIN(length, UK_FILE_LENGTH_MAX), offset);
	if (result > 0)
		uk_notify(file->path.dentry, file->vnode, UK_NOTIFY_MODIFY);
	return result;
}
/* The same at the file's own offset, or its end for O_APPEND: read(2), write(2). */
static inline ssize_t uk_file_read(struct uk_file *file, void *buffer, size_t length)
{
	ssize_t result = uk_file_read_at(file, buffer, length, file->offset);

	if (result > 0)
		file->offset += result;
	return result;
}
static inline s64 uk_file_write_offset(struct uk_file *file)
{
	return file->flags & O_APPEND ? (s64)file->vnode->size : file->offset;
}
static inline ssize_t uk_file_write(struct uk_file *file, const void *buffer, size_t length)
{
	s64 offset = uk_file_write_offset(file);
	ssize_t result = uk_file_write_at(file, buffer, length, offset);

	if (result > 0)
		file->offset = offset + result;
	return result;
}
/* sendfile(2), copy_file_range(2): moves up to length bytes, and both offsets on. to NULL: at the
 * file's own offset, by its `splice` if it has one. The caller has checked that the files are open
 * for that. How many bytes, 0 at the end, or a negative errno when there were none. */
ssize_t uk_file_copy(struct uk_file *in, s64 *from, struct uk_file *out, s64 *to, size_t length);

/* Several buffers, in kernel memory; they themselves are as read and write take them. */
struct uk_io_vector {
	struct iovec *elements;
	int count;
	size_t length; /* the sum of all, at most SSIZE_MAX */
};
#define UK_FILE_OWN_OFFSET (-1L) /* as preadv2(2) has it */
/* readv(2), writev(2): as uk_file_read_at() and uk_file_write_at(), or at the file's own offset.
 * Files without offsets read, and write what is not too long, in one piece. */
ssize_t uk_file_transfer(struct uk_file *file, const struct uk_io_vector *vector, bool write,
			 s64 offset);

/* For the kernel: buffer is kernel memory; -EBADF when the file is not open for that. */
ssize_t uk_file_read_kernel(struct uk_file *file, void *buffer, size_t length, s64 offset);
ssize_t uk_file_write_kernel(struct uk_file *file, const void *buffer, size_t length, s64 offset);
/* lseek(2). */
s64 uk_file_seek(struct uk_file *file, s64 offset, int whence);
/* How many files can be open in all: /proc/sys/fs/file-max. */
size_t uk_file_limit(void);
/* The operation of files that Linux lets be sought for nothing: event files. */
s64 uk_file_seek_nowhere(struct uk_file *file, s64 offset, int whence);
/* What is shown of the file: its path, "(deleted)" behind it when it is, or operations->name. As
 * uk_snprintf(). */
int uk_file_name(struct uk_file *file, char *buffer, size_t size);

/* Where entries of a directory go. */
struct uk_listing {
	/* Takes an entry, or false when there is no room: the file system stops. type: DT_*; next:
	 * the offset behind it. */
	bool (*add)(struct uk_listing *listing, const char *name, size_t length, u64 ino,
		    unsigned int type, s64 next);
};
static inline bool uk_listing_add(struct uk_listing *listing, const char *name, size_t length,
				  u64 ino, u32 mode, s64 next)
{
	return listing->add(listing, name, length, ino, (mode & S_IFMT) >> 12, next);
}
/* "." and ".." of an open directory at offsets 0 and 1; false when there is no room. The file
 * system's own entries begin at offset 2. */
bool uk_listing_add_dots(struct uk_file *file, struct uk_listing *listing);

#endif
