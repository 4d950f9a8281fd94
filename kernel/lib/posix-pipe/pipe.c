/* SPDX-License-Identifier: BSD-3-Clause */
/* pipe(2), pipe2(2). */
#include <uk/fd_table.h>
#include <uk/pipe.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#define FLAGS_KNOWN (O_CLOEXEC | O_NONBLOCK | O_DIRECT)

/* Allocates descriptors for both files and takes over the references. */
static int install(struct uk_file *files[2], bool close_on_exec, int fds[2])
{
	for (int i = 0; i < 2; i++) {
		fds[i] = uk_fd_install(files[i], 0, close_on_exec);
		if (fds[i] >= 0)
			continue;
		if (i == 0)
			uk_file_put(files[0]);
		else
			uk_fd_close(fds[0]);
		uk_file_put(files[1]);
		return fds[i];
	}
	return 0;
}

static int make_pipe(int __user *pipefd, int flags)
{
	struct uk_file *files[2];
	int fds[2], error;

	if (flags & ~FLAGS_KNOWN)
		return -EINVAL;
	error = uk_pipe_create((u32)flags, files);
	if (!error)
		error = install(files, flags & O_CLOEXEC, fds);
	if (error)
		return error;
	if (!copy_to_user(pipefd, fds, sizeof(fds)))
		return 0;
	uk_fd_close(fds[0]);
	uk_fd_close(fds[1]);
	return -EFAULT;
}

UK_SYSCALL_R_DEFINE(int, pipe, int *, pipefd)
{
	return make_pipe(pipefd, 0);
}

UK_SYSCALL_PARTIAL(pipe2, "no O_NOTIFICATION_PIPE");
UK_SYSCALL_R_DEFINE(int, pipe2, int *, pipefd, int, flags)
{
	return make_pipe(pipefd, flags);
}
