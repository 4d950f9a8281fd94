/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls that take a path, and stat(2) of open files. */
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/old_vfs.h>

#define SELF_EXE "/proc/self/exe"

/* The path in kernel memory. Its length, -ENAMETOOLONG, -EFAULT. */
static ssize_t copy_path(char *path, const char __user *user)
{
	ssize_t length = strncpy_from_user(path, user, PATH_MAX);

	return length == PATH_MAX ? -ENAMETOOLONG : length;
}

static int do_open(const char __user *pathname, int flags)
{
	char path[PATH_MAX];
	struct uk_file *file;
	ssize_t length = copy_path(path, pathname);
	int error, fd;

	if (length <= 0)
		return length ? (int)length : -ENOENT;
	file = uk_file_open(path, (u32)flags, &error);
	if (!file)
		return error == -ENOENT && flags & O_CREAT ? -EROFS : error;
	fd = uk_fd_install(file, 0, flags & O_CLOEXEC);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}

UK_SYSCALL_PARTIAL(open, "no file system: only null, zero, full, random, urandom, tty, stdin, "
			 "stdout and stderr in /dev");
UK_LLSYSCALL_R_DEFINE(int, open, const char *, pathname, int, flags, mode_t, mode)
{
	return do_open(pathname, flags);
}

/* The working directory is the root, and no descriptor is a directory. */
UK_SYSCALL_PARTIAL(openat, "as open; dirfd is not looked at, no descriptor is a directory");
UK_LLSYSCALL_R_DEFINE(int, openat, int, dirfd, const char *, pathname, int, flags, mode_t, mode)
{
	return do_open(pathname, flags);
}

static int status_of_fd(int fd, struct stat *status)
{
	struct uk_file *file = uk_fd_get(fd);

	if (fd == AT_FDCWD)
		return uk_path_status("/", status);
	if (!file)
		return -EBADF;
	if (file->operations->status)
		file->operations->status(file, status);
	uk_file_put(file);
	return 0;
}

static int status_of(int dirfd, const char __user *pathname, int flags, struct stat *status)
{
	char path[PATH_MAX];
	ssize_t length;

	if (!pathname && flags & AT_EMPTY_PATH)
		return status_of_fd(dirfd, status);
	length = copy_path(path, pathname);
	if (length < 0)
		return (int)length;
	if (length == 0)
		return flags & AT_EMPTY_PATH ? status_of_fd(dirfd, status) : -ENOENT;
	return uk_path_status(path, status);
}

static int put_status(int error, const struct stat *status, void __user *buffer)
{
	return error ? error : copy_to_user(buffer, status, sizeof(*status));
}

UK_SYSCALL_PARTIAL(fstat, "device number and times are 0");
UK_LLSYSCALL_R_DEFINE(int, fstat, int, fd, void *, statbuf)
{
	struct stat status = {0};

	return put_status(status_of_fd(fd, &status), &status, statbuf);
}

UK_SYSCALL_PARTIAL(stat,
		   "only /, /dev, and null, zero, full, random and urandom in it; times are 0");
UK_LLSYSCALL_R_DEFINE(int, stat, const char *, pathname, void *, statbuf)
{
	struct stat status = {0};

	return put_status(status_of(AT_FDCWD, pathname, 0, &status), &status, statbuf);
}

UK_SYSCALL_PARTIAL(lstat, "as stat");
UK_LLSYSCALL_R_DEFINE(int, lstat, const char *, pathname, void *, statbuf)
{
	struct stat status = {0};

	return put_status(status_of(AT_FDCWD, pathname, 0, &status), &status, statbuf);
}

UK_SYSCALL_PARTIAL(newfstatat, "as stat; dirfd is not looked at");
UK_LLSYSCALL_R_DEFINE(int, newfstatat, int, dirfd, const char *, pathname, void *, statbuf, int,
		      flags)
{
	struct stat status = {0};

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH))
		return -EINVAL;
	return put_status(status_of(dirfd, pathname, flags, &status), &status, statbuf);
}

static int do_access(int dirfd, const char __user *pathname, int mode, int flags)
{
	struct stat status = {0};

	if (mode & ~7 || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return status_of(dirfd, pathname, flags, &status);
}

UK_SYSCALL_PARTIAL(access, "only the paths of stat; to root all is allowed, execution too");
UK_SYSCALL_R_DEFINE(int, access, const char *, pathname, int, mode)
{
	return do_access(AT_FDCWD, pathname, mode, 0);
}

UK_SYSCALL_PARTIAL(faccessat, "as access; dirfd is not looked at");
UK_LLSYSCALL_R_DEFINE(int, faccessat, int, dirfd, const char *, pathname, int, mode)
{
	return do_access(dirfd, pathname, mode, 0);
}

UK_SYSCALL_PARTIAL(faccessat2, "as access; dirfd is not looked at");
UK_LLSYSCALL_R_DEFINE(int, faccessat2, int, dirfd, const char *, pathname, int, mode, int, flags)
{
	return do_access(dirfd, pathname, mode, flags);
}

static ssize_t do_readlink(const char __user *pathname, char __user *buffer, size_t size)
{
	char path[PATH_MAX];
	struct stat status = {0};
	ssize_t length = copy_path(path, pathname);

	if ((ssize_t)size <= 0)
		return -EINVAL;
	if (length <= 0)
		return length ? length : -ENOENT;
	if (strcmp(path, SELF_EXE) != 0)
		return uk_path_status(path, &status) ? -ENOENT : -EINVAL;
	size = MIN(size, strlen(uk_process_executable()));
	return copy_to_user(buffer, uk_process_executable(), size) ? -EFAULT : (ssize_t)size;
}

UK_SYSCALL_PARTIAL(readlink, "/proc/self/exe is the only link");
UK_SYSCALL_R_DEFINE(ssize_t, readlink, const char *, pathname, char *, buf, int, bufsiz)
{
	return do_readlink(pathname, buf, bufsiz < 0 ? 0 : (size_t)bufsiz);
}

UK_SYSCALL_PARTIAL(readlinkat, "as readlink; dirfd is not looked at");
UK_SYSCALL_R_DEFINE(ssize_t, readlinkat, int, dirfd, const char *, pathname, char *, buf, int,
		    bufsiz)
{
	return do_readlink(pathname, buf, bufsiz < 0 ? 0 : (size_t)bufsiz);
}

UK_SYSCALL_PARTIAL(getcwd, "always /");
UK_LLSYSCALL_R_DEFINE(long, getcwd, char *, buf, size_t, size)
{
	static const char root[] = "/";

	if (size < sizeof(root))
		return -ERANGE;
	return copy_to_user(buf, root, sizeof(root)) ? -EFAULT : (long)sizeof(root);
}

UK_SYSCALL_PARTIAL(chdir, "only to /");
UK_SYSCALL_R_DEFINE(int, chdir, const char *, pathname)
{
	struct stat status = {0};
	int error = status_of(AT_FDCWD, pathname, 0, &status);

	if (error)
		return error;
	return (status.st_mode & S_IFDIR) == S_IFDIR && status.st_ino == 1 ? 0 : -ENOTDIR;
}
