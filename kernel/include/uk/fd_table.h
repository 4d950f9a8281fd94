/* SPDX-License-Identifier: BSD-3-Clause */
/* File descriptors: numbers for open files. The functions use the table of the current process. */
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
	u32 size;	 /* number of entries */
	u32 lowest_free; /* no lower one is free */
	u32 references;
};

/* Creates an empty table with one reference. NULL: no memory. */
struct uk_fd_table *uk_fd_table_create(void);

/* fork(2): creates a table with the same open files and one reference. NULL: no memory. */
struct uk_fd_table *uk_fd_table_fork(const struct uk_fd_table *table);
static inline struct uk_fd_table *uk_fd_table_get(struct uk_fd_table *table)
{
	table->references++;
	return table;
}
/* Puts the process's reference to its table, which drops the locks that the process has on the
 * files; the last one closes them. */
void uk_fd_table_put(struct uk_fd_table *table, const struct uk_process *process);

static inline struct uk_fd_table *uk_fd_table_current(void)
{
	return uk_process_current()->files;
}

/* Returns the file of fd in any process's table with one more reference, or NULL; also for an
 * O_PATH file. Inline, like its relatives, because every call that takes a descriptor uses them. */
static inline struct uk_file *uk_fd_get_from(const struct uk_fd_table *table, int fd)
{
	struct uk_file *file;

	if ((unsigned int)fd >= table->size)
		return NULL;
	file = table->entries[fd].file;
	if (file)
		file->references++;
	return file;
}

static inline struct uk_file *uk_fd_get_any(int fd)
{
	return uk_fd_get_from(uk_fd_table_current(), fd);
}

/* The same, but not for O_PATH files, for which most calls return EBADF. */
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

/* Puts file at the lowest free descriptor from lowest on, and takes over the reference. Returns the
 * descriptor, -EMFILE, or -EINVAL if lowest is out of range. */
int uk_fd_install(struct uk_file *file, int lowest, bool close_on_exec);
/* Opens a new file of an anonymous vnode at the lowest free descriptor. flags: O_ACCMODE,
 * O_NONBLOCK, O_CLOEXEC. Returns the descriptor; -EMFILE, -ENFILE or -ENOMEM, and then data still
 * belongs to the caller. */
int uk_fd_open_anonymous(const struct uk_file_operations *operations, void *data, u32 flags);
/* Like dup2(2): fd refers to file; a file that it referred to before is closed. -EBADF if fd is out
 * of range. */
int uk_fd_replace(struct uk_file *file, int fd, bool close_on_exec);
/* 0 or -EBADF. */
int uk_fd_close(int fd);
/* execve(2): closes the close-on-exec descriptors. */
void uk_fd_close_on_exec(void);
/* Close-on-exec: 0 or 1, or -EBADF. */
int uk_fd_flags(int fd);
int uk_fd_set_flags(int fd, bool close_on_exec);

#endif
