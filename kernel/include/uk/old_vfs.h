/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Open files and the table of file descriptors. There are the console's streams and the character
 * devices of /dev so far, and no file system.
 */
#ifndef UK_OLD_VFS_H
#define UK_OLD_VFS_H

#include <uk/linux/file.h>

struct uk_file;

/* What kinds of files do. A missing function means: -EINVAL, or for poll, always ready. */
struct uk_file_operations {
	/* At most length bytes to or from guest memory; the number, or a negative errno. A fault
	 * after some bytes is a short count. */
	ssize_t (*read)(struct uk_file *file, void __user *buffer, size_t length);
	ssize_t (*write)(struct uk_file *file, const void __user *buffer, size_t length);
	/* Events of POLL* that hold now, of those in wanted and POLLERR, POLLHUP. */
	int (*poll)(struct uk_file *file, int wanted);
	long (*ioctl)(struct uk_file *file, unsigned int request, void __user *argument);
	void (*status)(struct uk_file *file, struct stat *status);
	const char *(*name)(const struct uk_file *file); /* a path, or `kind:` as Linux shows it */
	bool seekable; /* lseek(2) and pread(2) work: the position is kept but means nothing */
};

struct uk_file {
	const struct uk_file_operations *operations;
	u32 references;
	u32 flags; /* O_ACCMODE, O_APPEND, O_NONBLOCK */
	s64 position;
	unsigned int number; /* console: the stream; devices: which one */
};

#define UK_FD_MAX 1024

/* Makes 0, 1 and 2 the program's streams. */
void uk_console_open(void);
/* Which streams are terminals (bit n for fd n), and how large these are. */
void uk_console_configure(unsigned int terminals, u16 rows, u16 columns);

struct uk_fd {
	struct uk_file *file; /* NULL: free */
	bool close_on_exec;
};
extern struct uk_fd uk_fd_table[UK_FD_MAX];

/* The file of fd with one more reference, or NULL. Inline, as is the way back: these two are a
 * part of every call that takes a descriptor. */
static inline struct uk_file *uk_fd_get(int fd)
{
	struct uk_file *file;

	if ((unsigned int)fd >= UK_FD_MAX)
		return NULL;
	file = uk_fd_table[fd].file;
	if (file)
		file->references++;
	return file;
}

void uk_file_release(struct uk_file *file);
static inline void uk_file_put(struct uk_file *file)
{
	if (--file->references == 0)
		uk_file_release(file);
}

static inline const char *uk_file_name(const struct uk_file *file)
{
	return file->operations->name(file);
}
/* The lowest free descriptor from lowest on becomes file's (the reference is taken over). The
 * descriptor, -EMFILE, or -EINVAL when lowest is out of range. */
int uk_fd_install(struct uk_file *file, int lowest, bool close_on_exec);
/* As dup2(2): fd becomes file's, what it was before is closed. -EBADF when fd is out of range. */
int uk_fd_replace(struct uk_file *file, int fd, bool close_on_exec);
/* 0 or -EBADF. */
int uk_fd_close(int fd);
/* Close-on-exec: 0 or 1, or -EBADF. */
int uk_fd_flags(int fd);
int uk_fd_set_flags(int fd, bool close_on_exec);

/* Opens a path (kernel memory, absolute). The file, or a negative errno in *error. */
struct uk_file *uk_file_open(const char *path, u32 flags, int *error);
/* As open, without opening: fills *status. 0 or a negative errno. */
int uk_path_status(const char *path, struct stat *status);

#endif
