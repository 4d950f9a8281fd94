/* SPDX-License-Identifier: BSD-3-Clause */
/* memfd_create(2). */
#include <uk/ramfs.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define NAME_SIZE (NAME_MAX - sizeof("memfd:") + 2) /* including the terminator */

UK_SYSCALL_PARTIAL(memfd_create, "no MFD_HUGETLB");
UK_LLSYSCALL_R_DEFINE(int, memfd_create, const char *, name, unsigned int, flags)
{
	char text[NAME_SIZE];
	struct uk_file *file;
	ssize_t length;
	int fd, error;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC) ||
	    (flags & MFD_EXEC && flags & MFD_NOEXEC_SEAL))
		return -EINVAL;
	length = strncpy_from_user(text, name, sizeof(text));
	if (length < 0)
		return (int)length;
	if ((size_t)length == sizeof(text))
		return -EINVAL;
	file = uk_ramfs_new_memfd(text, flags, &error);
	if (!file)
		return error;
	fd = uk_fd_install(file, 0, flags & MFD_CLOEXEC);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}
