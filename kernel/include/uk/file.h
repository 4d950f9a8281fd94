/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files: what open(2), pipe(2), socket(2) create and descriptors refer to. */
#ifndef UK_FILE_H
#define UK_FILE_H

#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/notify.h>
#include <uk/wait.h>

struct uk_file;
struct uk_listing;

/*
 * The operations of an open file. A missing function means the errno in brackets.
 *
 * buffer is the program's memory, checked by uk_access_ok(), or the kernel's (sendfile(2), the
 * loader): only copy_to_buffer(), copy_from_buffer() and clear_buffer() of uk/uaccess.h may access
 * it. length is at most 0x7ffff000 and may be 0. A fault after some bytes gives a short count,
 * before the first one -EFAULT.
 *
 * offset is where to read or write, in bytes; the caller maintains file->offset. It has no meaning
 * for files that cannot seek (no UK_FILE_SEEK).
 */
struct uk_file_operations {
	/* Returns a number of bytes, 0 at the end. [EINVAL, for a directory EISDIR] */
	ssize_t (*read)(struct uk_file *file, void *buffer, size_t length, s64 offset);
	ssize_t (*write)(struct uk_file *file, const void *buffer, size_t length, s64 offset);
	/* lseek(2): returns the new offset, which the caller stores. NULL: by the vnode's size, as
	 * regular files do, or -ESPIPE without UK_FILE_SEEK. */
	s64 (*seek)(struct uk_file *file, s64 offset, int whence);
	/* Returns the events of POLL* that hold now, among those in wanted and POLLERR, POLLHUP.
	 * NULL: always ready to be read and written. */
	int (*poll)(struct uk_file *file, int wanted);
	/* Returns the queue that is woken whenever an event of poll occurs again, whether or not it
	 * held before (epoll(7)'s edges), and removes from *events those that cannot occur. The
	 * queue exists as long as the file. NULL exactly if poll is. */
	struct uk_wait_queue *(*queue)(struct uk_file *file, u32 *events);
	/* Requests that not every file has. [ENOTTY] */
	long (*ioctl)(struct uk_file *file, unsigned int request, void __user *argument);
	/* Requests of fcntl(2) that not every file has. [EBADF] */
	long (*control)(struct uk_file *file, unsigned int operation, unsigned long argument);
	/* sendfile(2) to a file that takes only as much as it has room for: advances *offset of
	 * `from`. Returns a number of bytes. NULL: by write. */
	ssize_t (*splice)(struct uk_file *file, struct uk_file *from, s64 *offset, size_t length);
	/*
	 * getdents(2): calls uk_listing_add() for each entry from file->offset on ("." and ".."
	 * too: uk_listing_add_dots()) and sets file->offset to the `next` of the last entry that
	 * was taken. Entries that stay while others are created or removed are listed exactly once.
	 * [ENOTDIR]
	 */
	int (*list)(struct uk_file *file, struct uk_listing *listing);
	/* The name that /proc/self/fd shows for a file without a path (`pipe:[7]`). Result as
	 * uk_snprintf(). */
	int (*name)(struct uk_file *file, char *buffer, size_t size);
	/* Writes further lines of /proc/PID/fdinfo/FD. Result as uk_snprintf(). NULL: there are
	 * none. */
	int (*information)(struct uk_file *file, char *buffer, size_t size);
	/* Called when the last reference is put; frees what data points to. */
	void (*release)(struct uk_file *file);
};

/* file->mode */
#define UK_FILE_READ   1u /* bits of O_ACCMODE plus one, as Linux computes them */
#define UK_FILE_WRITE  2u
#define UK_FILE_SEEK   4u  /* has an offset: lseek(2), pread(2) */
#define UK_FILE_PATH   8u  /* O_PATH: only a location in the tree */
#define UK_FILE_OPENED 16u /* open(2) succeeded: closing it is reported to uk/notify.h */

struct uk_file {
	const struct uk_file_operations *operations;
	u32 references;
	u32 mode;		/* UK_FILE_* */
	u32 flags;		/* as F_GETFL reports them */
	u32 number;		/* for the operations' use */
	s64 offset;		/* shared by all descriptors and processes that have this file */
	struct uk_vnode *vnode; /* never NULL; with a reference */
	struct uk_interest *interests; /* lib/epoll: the sets that wait for its events */
	struct uk_path path;	       /* both NULL for a file without a name */
	void *data;		       /* for the operations' use */
};

#define UK_FILE_ACCESS_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK)

/*
 * Creates a file without a path, for a vnode (whose reference is taken over, also on failure):
 * pipes, sockets, memory files. flags: O_*. NULL and *error: -ENFILE (too many in total), -ENOMEM.
 */
struct uk_file *uk_file_new(struct uk_vnode *vnode, const struct uk_file_operations *operations,
			    u32 flags, int *error);
/* Creates a vnode for it, in a file system that is not mounted anywhere; mode includes the type.
 * NULL: no memory. */
struct uk_vnode *uk_vnode_new_anonymous(u32 mode);

/* Opens the vnode of a path: the part of open(2) after the walk. Returns the file, or NULL and
 * *error. */
struct uk_file *uk_file_open_path(const struct uk_path *path, u32 flags, int *error);

/* Returns the path of an open file, with references, for following a link to it (/proc/self/fd/N);
 * also for a file without a name, which can be reopened through it. 0 or -ENOMEM. */
int uk_file_place(const struct uk_file *file, struct uk_path *path);

void uk_file_release(struct uk_file *file);
/* Called when a file that has interests is released; lib/epoll sets it. */
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
 * Moves bytes at an offset. The caller has checked that the file is open for that and that buffer
 * is the program's (or the kernel's own). Returns a number of bytes, 0 at the end, or a negative
 * errno.
 */
#define UK_FILE_LENGTH_MAX 0x7ffff000UL /* maximum for one call: read(2), NOTES */
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
/* Before contents change: takes away the set-ID bits that the file must not keep, so that nobody
 * can put a program of his own into it. 0, or the file system's error. */
int uk_file_drop_set_id(struct uk_file *file);
static inline ssize_t uk_file_write_at(struct uk_file *file, const void *buffer, size_t length,
				       s64 offset)
{
	ssize_t result;

	if (!file->operations->write || uk_file_range_is_bad(offset, length))
		return -EINVAL;
	if (unlikely(file->vnode->mode & (S_ISUID | S_ISGID)) && length) {
		result = uk_file_drop_set_id(file);
		if (result)
			return result;
	}
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
/* sendfile(2), copy_file_range(2): moves up to length bytes and advances both offsets. to NULL: at
 * the file's own offset, with its `splice` if it has one. The caller has checked that the files are
 * open for that. Returns the number of bytes, 0 at the end, or a negative errno if no byte was
 * moved. */
ssize_t uk_file_copy(struct uk_file *in, s64 *from, struct uk_file *out, s64 *to, size_t length);

/* Several buffers, in kernel memory; the buffers themselves are as for read and write. */
#define UK_IO_VECTOR_SMALL 8 /* elements that need no heap memory */
struct uk_io_vector {
	struct iovec *elements;
	size_t count;
	size_t length; /* the sum of all, at most SSIZE_MAX */
	struct iovec small[UK_IO_VECTOR_SMALL];
};
/* Copies the elements from the program: 0; -EINVAL (more than IOV_MAX, or a length over SSIZE_MAX),
 * -EFAULT (of the elements; or a buffer is not in the program's part of an address space, unless
 * the buffers are another process's), -ENOMEM. After success, uk_io_vector_put() frees it. */
int uk_io_vector_get(struct uk_io_vector *vector, const struct iovec __user *user, size_t count,
		     bool is_foreign);
void uk_io_vector_put(struct uk_io_vector *vector);
#define UK_FILE_OWN_OFFSET (-1L) /* as in preadv2(2) */
/* readv(2), writev(2): like uk_file_read_at() and uk_file_write_at(), or at the file's own offset.
 * Files without offsets read in one piece, and write in one piece unless it is too long. */
ssize_t uk_file_transfer(struct uk_file *file, const struct uk_io_vector *vector, bool write,
			 s64 offset);

/* For the kernel: buffer is kernel memory; -EBADF if the file is not open for that. */
ssize_t uk_file_read_kernel(struct uk_file *file, void *buffer, size_t length, s64 offset);
ssize_t uk_file_write_kernel(struct uk_file *file, const void *buffer, size_t length, s64 offset);
/* lseek(2). */
s64 uk_file_seek(struct uk_file *file, s64 offset, int whence);
/* The maximum number of open files: /proc/sys/fs/file-max. */
size_t uk_file_limit(void);
/* The seek operation of event files, on which Linux lets lseek(2) succeed without effect. */
s64 uk_file_seek_nowhere(struct uk_file *file, s64 offset, int whence);
/* Writes the name that is shown for the file: its path, followed by "(deleted)" if that applies, or
 * operations->name. Result as uk_snprintf(). */
int uk_file_name(struct uk_file *file, char *buffer, size_t size);

/* Receives the entries of a directory. */
struct uk_listing {
	/* Takes an entry; false if there is no room, and then the file system stops. type: DT_*;
	 * next: the offset following it. */
	bool (*add)(struct uk_listing *listing, const char *name, size_t length, u64 ino,
		    unsigned int type, s64 next);
};
static inline bool uk_listing_add(struct uk_listing *listing, const char *name, size_t length,
				  u64 ino, u32 mode, s64 next)
{
	return listing->add(listing, name, length, ino, (mode & S_IFMT) >> 12, next);
}
/* Adds "." and ".." of an open directory at offsets 0 and 1; false if there is no room. The file
 * system's own entries begin at offset 2. */
bool uk_listing_add_dots(struct uk_file *file, struct uk_listing *listing);

#endif
