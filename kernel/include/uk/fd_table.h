/* SPDX-License-Identifier: BSD-3-Clause */
/* File descriptors: numbers for open files. The functions are about the current process's table. */
#ifndef UK_FD_TABLE_H
#define UK_FD_TABLE_H

#include <uk/file.h>
#include <uk/process.h>

#define UK_FD_SOFT_LIMIT 1024 /* RLIMIT_NOFILE at start */
#define UK_FD_HARD_LIMIT 65536

struct uk_fd {
	struct uk_file *file; /* NULL: free */
	bool close_on_exec;
};
/* The table grows with its highest descriptor. */
struct uk_fd_table {
	struct uk_fd *entries;
	u32 size;	 /* entries there are */
	u32 lowest_free; /* none below this one is free */
	u32 references;
};

/* An empty table with one reference, or NULL. */
struct uk_fd_table *uk_fd_table_create(void);

static inline struct uk_fd_table *uk_fd_table_current(void)
{
	return uk_process_current()->files;
}

/* The file of fd with one more reference, or NULL; also an O_PATH one. Inline, as is the way back:
 * these are a part of every call that takes a descriptor. */
static inline struct uk_file *uk_fd_get_any(int fd)
{
	const struct uk_fd_table *table = uk_fd_table_current();
	struct uk_file *file;

	if ((unsigned int)fd >= table->size)
		return NULL;
	file = table->entries[fd].file;
	if (file)
		file->references++;
	return file;
}

/* The same without O_PATH ones, which most calls answer with EBADF. */
static inline struct uk_file *uk_fd_get(int fd)
{
	const struct uk_fd_table *table = uk_fd_table_current();
	struct uk_file *file;

	if ((unsigned int)fd >= table->size)
		return NULL;
	file = table->entries[fd].file;
	if (!file || file->mode & UK_FILE_PATH)
		return NULL;
	file->references++;
	return file;
}

/* The lowest free descriptor from lowest on becomes file's (the reference is taken over). The
 * descriptor, -EMFILE, or -EINVAL when lowest is out of range. */
int uk_fd_install(struct uk_file *file, int lowest, bool close_on_exec);
/* A new file of an anonymous vnode at the lowest free descriptor. flags: O_ACCMODE, O_NONBLOCK,
 * O_CLOEXEC. The descriptor, -EMFILE, -ENFILE or -ENOMEM, and then data is still the caller's. */
int uk_fd_open_anonymous(const struct uk_file_operations *operations, void *data, u32 flags);
/* As dup2(2): fd becomes file's, what it was before is closed. -EBADF when fd is out of range. */
int uk_fd_replace(struct uk_file *file, int fd, bool close_on_exec);
/* 0 or -EBADF. */
int uk_fd_close(int fd);
/* execve(2): closes those that are to be closed. */
void uk_fd_close_on_exec(void);
/* Close-on-exec: 0 or 1, or -EBADF. */
int uk_fd_flags(int fd);
int uk_fd_set_flags(int fd, bool close_on_exec);

#endif
