/* SPDX-License-Identifier: BSD-3-Clause */
/* File descriptors: numbers for open files. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/old_vfs.h>

struct uk_fd uk_fd_table[UK_FD_MAX];

static bool is_open(int fd)
{
	return (unsigned int)fd < UK_FD_MAX && uk_fd_table[fd].file;
}

void uk_file_release(struct uk_file *file)
{
	uk_free(file);
}

int uk_fd_install(struct uk_file *file, int lowest, bool close_on_exec)
{
	if ((unsigned int)lowest >= UK_FD_MAX)
		return -EINVAL;
	for (int fd = lowest; fd < UK_FD_MAX; fd++) {
		if (uk_fd_table[fd].file)
			continue;
		uk_fd_table[fd].file = file;
		uk_fd_table[fd].close_on_exec = close_on_exec;
		return fd;
	}
	return -EMFILE;
}

int uk_fd_replace(struct uk_file *file, int fd, bool close_on_exec)
{
	if ((unsigned int)fd >= UK_FD_MAX)
		return -EBADF;
	uk_fd_close(fd);
	uk_fd_table[fd].file = file;
	uk_fd_table[fd].close_on_exec = close_on_exec;
	return fd;
}

int uk_fd_close(int fd)
{
	struct uk_file *file;

	if (!is_open(fd))
		return -EBADF;
	file = uk_fd_table[fd].file;
	uk_fd_table[fd].file = NULL;
	uk_file_put(file);
	return 0;
}

int uk_fd_flags(int fd)
{
	return is_open(fd) ? uk_fd_table[fd].close_on_exec : -EBADF;
}

int uk_fd_set_flags(int fd, bool close_on_exec)
{
	if (!is_open(fd))
		return -EBADF;
	uk_fd_table[fd].close_on_exec = close_on_exec;
	return 0;
}
