/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/linux/file.h>
#include <uk/pidfd.h>
#include <uk/string.h>

#include "process.h"

/* One for all descriptors of a process. */
struct uk_pidfd {
	u32 references;		    /* of open files */
	struct uk_process *process; /* NULL: its parent has waited for it */
	struct uk_wait_queue queue;
};

static int pidfd_poll(struct uk_file *file, int wanted)
{
	const struct uk_pidfd *pidfd = file->data;
	int events = 0;

	if (!pidfd->process || pidfd->process->is_zombie)
		events = (POLLIN | POLLRDNORM) & wanted;
	return pidfd->process ? events : events | POLLHUP;
}

static struct uk_wait_queue *pidfd_queue(struct uk_file *file, u32 *events)
{
	return &((struct uk_pidfd *)file->data)->queue;
}

static int pidfd_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:[pidfd]");
}

static int pidfd_information(struct uk_file *file, char *buffer, size_t size)
{
	const struct uk_process *process = ((struct uk_pidfd *)file->data)->process;
	pid_t pid = process ? process->pid : -1;

	return uk_snprintf(buffer, size, "Pid:\t%d\nNSpid:\t%d\n", pid, pid);
}

static void pidfd_release(struct uk_file *file)
{
	struct uk_pidfd *pidfd = file->data;

	if (--pidfd->references)
		return;
	if (pidfd->process)
		pidfd->process->pidfd = NULL;
	uk_free(pidfd);
}

static const struct uk_file_operations pidfd_operations = {
	.poll = pidfd_poll,
	.queue = pidfd_queue,
	.name = pidfd_name,
	.information = pidfd_information,
	.release = pidfd_release,
};

int uk_pidfd_open(struct uk_process *process, u32 flags)
{
	struct uk_pidfd *pidfd = process->pidfd ? process->pidfd : uk_zalloc(sizeof(*pidfd));
	struct uk_file *file;
	int fd;

	if (!pidfd)
		return -ENOMEM;
	fd = uk_fd_open_anonymous(&pidfd_operations, pidfd, O_RDWR | O_CLOEXEC | flags);
	if (fd < 0) {
		if (!process->pidfd)
			uk_free(pidfd);
		return fd;
	}
	file = uk_fd_get(fd);
	file->vnode->mode = 0700; /* as on Linux */
	uk_file_put(file);
	pidfd->references++;
	pidfd->process = process;
	process->pidfd = pidfd;
	return fd;
}

int uk_pidfd_process(const struct uk_file *file, struct uk_process **process)
{
	if (file->operations != &pidfd_operations)
		return -EBADF;
	*process = ((const struct uk_pidfd *)file->data)->process;
	return 0;
}

void pidfd_wake(struct uk_process *process)
{
	if (process->pidfd)
		uk_wait_wake_all(&process->pidfd->queue, POLLIN | POLLHUP);
}

void pidfd_process_gone(struct uk_process *process)
{
	struct uk_pidfd *pidfd = process->pidfd;

	if (!pidfd)
		return;
	pidfd->process = NULL;
	process->pidfd = NULL;
	uk_wait_wake_all(&pidfd->queue, POLLIN | POLLHUP);
}
