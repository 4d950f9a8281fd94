/* SPDX-License-Identifier: BSD-3-Clause */
/* open(2), creat(2), openat(2), openat2(2). */
#include <uk/errno.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

/* The flags of open(2), which ignores all others; openat2(2) refuses them. */
#define OPEN_FLAGS                                                                                 \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC |      \
	 O_ASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC |     \
	 O_PATH | O_TMPFILE)
#define OPEN_HOW_SIZE_0 sizeof(struct open_how) /* OPEN_HOW_SIZE_VER0 */

static int do_open(int dirfd, const char __user *pathname, u32 flags, u32 mode, u32 resolve)
{
	char path[PATH_MAX];
	struct uk_file *file;
	struct start start;
	int fd, error = copy_path(path, pathname);

	if (!error && !*path)
		error = -ENOENT;
	if (!error)
		error = start_at(&start, dirfd, path);
	if (error)
		return error;
	file = uk_vfs_open(&start.path, path, flags, mode, resolve, &error);
	start_end(&start);
	if (!file)
		return error;
	fd = uk_fd_install(file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}

/* Linux sets O_LARGEFILE for 64-bit programs, and F_GETFL reports it. */
static u32 plain_flags(int flags)
{
	return ((u32)flags & OPEN_FLAGS) | O_LARGEFILE;
}

UK_SYSCALL_PARTIAL(open, "O_ASYNC and O_DIRECT are stored but have no effect");
UK_LLSYSCALL_R_DEFINE(int, open, const char *, pathname, int, flags, mode_t, mode)
{
	return do_open(AT_FDCWD, pathname, plain_flags(flags), mode, 0);
}

UK_LLSYSCALL_R_DEFINE(int, creat, const char *, pathname, mode_t, mode)
{
	return do_open(AT_FDCWD, pathname, plain_flags(O_CREAT | O_WRONLY | O_TRUNC), mode, 0);
}

UK_SYSCALL_PARTIAL(openat, "as open");
UK_LLSYSCALL_R_DEFINE(int, openat, int, dirfd, const char *, pathname, int, flags, mode_t, mode)
{
	return do_open(dirfd, pathname, plain_flags(flags), mode, 0);
}

/* A struct that later kernels have extended: fields unknown to this one must be zero. */
static int copy_how(struct open_how *how, const struct open_how __user *user, size_t size)
{
	const char __user *rest = (const char __user *)user + sizeof(*how);
	u64 word;

	if (size < OPEN_HOW_SIZE_0)
		return -EINVAL;
	if (size > UK_PAGE_SIZE)
		return -E2BIG;
	if (copy_from_user(how, user, sizeof(*how)))
		return -EFAULT;
	for (size -= sizeof(*how); size; size -= MIN(size, sizeof(word)), rest += sizeof(word)) {
		word = 0;
		if (copy_from_user(&word, rest, MIN(size, sizeof(word))))
			return -EFAULT;
		if (word)
			return -E2BIG;
	}
	return 0;
}

static int check_how(const struct open_how *how)
{
	u64 flags = how->flags;
	bool makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;

	if (flags & ~(u64)OPEN_FLAGS || how->resolve & ~0x3fUL)
		return -EINVAL;
	if (how->resolve & RESOLVE_BENEATH && how->resolve & RESOLVE_IN_ROOT)
		return -EINVAL;
	if (makes ? how->mode & ~(u64)S_IALLUGO : how->mode)
		return -EINVAL;
	if (flags & O_PATH && flags & ~(u64)(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC))
		return -EINVAL;
	if (how->resolve & RESOLVE_CACHED && (makes || flags & O_TRUNC))
		return -EAGAIN;
	return 0;
}

UK_SYSCALL_PARTIAL(openat2, "as open");
UK_LLSYSCALL_R_DEFINE(int, openat2, int, dirfd, const char *, pathname, struct open_how *, how,
		      size_t, size)
{
	struct open_how copy;
	int error = copy_how(&copy, how, size);

	if (!error)
		error = check_how(&copy);
	if (error)
		return error;
	return do_open(dirfd, pathname, (u32)copy.flags | O_LARGEFILE, (u32)copy.mode,
		       (u32)copy.resolve & ~(u32)RESOLVE_CACHED);
}
