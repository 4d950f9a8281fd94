/* SPDX-License-Identifier: BSD-3-Clause */
/* xattr(7): no file system here has extended attributes, and these calls report that. A list of
 * attributes is empty. */
#include <uk/errno.h>
#include <uk/syscall.h>

#include "paths.h"

/* The file must exist; then the result is that of a file system without attributes. */
static int answer_path(const char __user *pathname, bool follow, int answer)
{
	struct uk_path path;
	int error = lookup_user(AT_FDCWD, pathname, follow ? UK_LOOKUP_FOLLOW : 0, &path);

	if (error)
		return error;
	uk_path_put(&path);
	return answer;
}

static int answer_fd(int fd, int answer)
{
	struct uk_file *file = uk_fd_get(fd);

	if (!file)
		return -EBADF;
	uk_file_put(file);
	return answer;
}

UK_SYSCALL_PARTIAL(setxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, setxattr, const char *, path, const char *, name, const void *, value,
		      size_t, size, int, flags)
{
	return answer_path(path, true, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(lsetxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, lsetxattr, const char *, path, const char *, name, const void *, value,
		      size_t, size, int, flags)
{
	return answer_path(path, false, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(fsetxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, fsetxattr, int, fd, const char *, name, const void *, value, size_t,
		      size, int, flags)
{
	return answer_fd(fd, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(getxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(ssize_t, getxattr, const char *, path, const char *, name, void *, value,
		      size_t, size)
{
	return answer_path(path, true, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(lgetxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(ssize_t, lgetxattr, const char *, path, const char *, name, void *, value,
		      size_t, size)
{
	return answer_path(path, false, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(fgetxattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(ssize_t, fgetxattr, int, fd, const char *, name, void *, value, size_t, size)
{
	return answer_fd(fd, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(listxattr, "no file system has extended attributes: always an empty list");
UK_LLSYSCALL_R_DEFINE(ssize_t, listxattr, const char *, path, char *, list, size_t, size)
{
	return answer_path(path, true, 0);
}

UK_SYSCALL_PARTIAL(llistxattr, "no file system has extended attributes: always an empty list");
UK_LLSYSCALL_R_DEFINE(ssize_t, llistxattr, const char *, path, char *, list, size_t, size)
{
	return answer_path(path, false, 0);
}

UK_SYSCALL_PARTIAL(flistxattr, "no file system has extended attributes: always an empty list");
UK_LLSYSCALL_R_DEFINE(ssize_t, flistxattr, int, fd, char *, list, size_t, size)
{
	return answer_fd(fd, 0);
}

UK_SYSCALL_PARTIAL(removexattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, removexattr, const char *, path, const char *, name)
{
	return answer_path(path, true, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(lremovexattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, lremovexattr, const char *, path, const char *, name)
{
	return answer_path(path, false, -EOPNOTSUPP);
}

UK_SYSCALL_PARTIAL(fremovexattr, "no file system has extended attributes: always EOPNOTSUPP");
UK_LLSYSCALL_R_DEFINE(int, fremovexattr, int, fd, const char *, name)
{
	return answer_fd(fd, -EOPNOTSUPP);
}
