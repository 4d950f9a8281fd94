/* SPDX-License-Identifier: BSD-3-Clause */
/* File descriptors: numbers for open files. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/string.h>

#include "vfs.h"

#define SIZE_AT_START 64

struct uk_fd_table *uk_fd_table_create(void)
{
	struct uk_fd_table *table = uk_zalloc(sizeof(*table));

	if (!table)
		return NULL;
	table->entries = uk_zalloc(SIZE_AT_START * sizeof(*table->entries));
	if (!table->entries) {
		uk_free(table);
		return NULL;
	}
	table->size = SIZE_AT_START;
	table->references = 1;
	return table;
}

struct uk_fd_table *uk_fd_table_fork(const struct uk_fd_table *table)
{
	struct uk_fd_table *copy = uk_malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *table;
	copy->references = 1;
	copy->entries = uk_malloc(table->size * sizeof(*table->entries));
	if (!copy->entries) {
		uk_free(copy);
		return NULL;
	}
	memcpy(copy->entries, table->entries, table->size * sizeof(*table->entries));
	for (u32 fd = 0; fd < copy->size; fd++) {
		if (copy->entries[fd].file)
			uk_file_get(copy->entries[fd].file);
	}
	return copy;
}

/* Puts the references to the files, which closes those that nobody else has open. */
static void close_all(struct uk_fd_table *table, const struct uk_process *process, bool drop)
{
	for (u32 fd = 0; fd < table->size; fd++) {
		struct uk_file *file = table->entries[fd].file;

		if (!file)
			continue;
		if (unlikely(file->vnode->locks))
			uk_locks_closed(file->vnode, process);
		if (!drop)
			continue;
		table->entries[fd].file = NULL;
		uk_file_put(file);
	}
}

void uk_fd_table_put(struct uk_fd_table *table, const struct uk_process *process)
{
	bool is_last = table->references == 1;

	/* Closing may wait, and others look at the table of a process that ends (/proc/PID/fd). */
	close_all(table, process, is_last);
	table->references--;
	if (!is_last)
		return;
	uk_free(table->entries);
	uk_free(table);
}

/* Returns the entry of an open descriptor, or NULL. */
static struct uk_fd *entry_of(int fd)
{
	struct uk_fd_table *table = uk_fd_table_current();

	if ((unsigned int)fd >= table->size || !table->entries[fd].file)
		return NULL;
	return &table->entries[fd];
}

/* Makes room for fd, which is below the limit. 0 or -EMFILE (as Linux in this case). */
static int grow(u32 fd)
{
	struct uk_fd_table *table = uk_fd_table_current();
	u32 size = table->size;
	struct uk_fd *entries;

	if (fd < size)
		return 0;
	while (size <= fd)
		size *= 2;
	entries = uk_zalloc(size * sizeof(*entries));
	if (!entries)
		return -EMFILE;
	memcpy(entries, table->entries, table->size * sizeof(*entries));
	uk_free(table->entries);
	table->entries = entries;
	table->size = size;
	return 0;
}

static u64 limit(void)
{
	return MIN(uk_process_current()->limits[RLIMIT_NOFILE].rlim_cur, (u64)UK_FD_HARD_LIMIT);
}

int uk_fd_install(struct uk_file *file, int lowest, bool close_on_exec)
{
	struct uk_fd_table *table = uk_fd_table_current();
	u32 fd = MAX((u32)lowest, table->lowest_free);

	if ((u32)lowest >= limit())
		return lowest ? -EINVAL : -EMFILE;
	while (fd < table->size && table->entries[fd].file)
		fd++;
	if (fd >= limit() || grow(fd))
		return -EMFILE;
	if ((u32)lowest <= table->lowest_free)
		table->lowest_free = fd + 1;
	table->entries[fd] = (struct uk_fd){file, close_on_exec};
	return (int)fd;
}

int uk_fd_open_anonymous(const struct uk_file_operations *operations, void *data, u32 flags)
{
	static const struct uk_file_operations none;
	struct uk_vnode *vnode = uk_vnode_new_anonymous(0600); /* without a type, as on Linux */
	struct uk_file *file;
	int fd;

	if (!vnode)
		return -ENOMEM;
	file = uk_file_new(vnode, operations, flags & ~(u32)O_CLOEXEC, &fd);
	if (!file)
		return fd;
	file->data = data;
	fd = uk_fd_install(file, 0, flags & O_CLOEXEC);
	if (fd < 0) {
		file->operations = &none;
		uk_file_put(file);
	}
	return fd;
}

int uk_fd_replace(struct uk_file *file, int fd, bool close_on_exec)
{
	int error;

	if ((u32)fd >= limit())
		return -EBADF;
	error = grow((u32)fd);
	if (error)
		return error;
	uk_fd_close(fd);
	uk_fd_table_current()->entries[fd] = (struct uk_fd){file, close_on_exec};
	return fd;
}

int uk_fd_close(int fd)
{
	struct uk_fd_table *table = uk_fd_table_current();
	struct uk_fd *entry = entry_of(fd);
	struct uk_file *file;

	if (!entry)
		return -EBADF;
	file = entry->file;
	entry->file = NULL;
	table->lowest_free = MIN(table->lowest_free, (u32)fd);
	if (unlikely(file->vnode->locks))
		uk_locks_closed(file->vnode, uk_process_current());
	uk_file_put(file);
	return 0;
}

void uk_fd_close_on_exec(void)
{
	const struct uk_fd_table *table = uk_fd_table_current();

	for (u32 fd = 0; fd < table->size; fd++) {
		if (table->entries[fd].close_on_exec)
			uk_fd_close((int)fd);
	}
}

int uk_fd_flags(int fd)
{
	const struct uk_fd *entry = entry_of(fd);

	return entry ? entry->close_on_exec : -EBADF;
}

int uk_fd_set_flags(int fd, bool close_on_exec)
{
	struct uk_fd *entry = entry_of(fd);

	if (!entry)
		return -EBADF;
	entry->close_on_exec = close_on_exec;
	return 0;
}
