/* SPDX-License-Identifier: BSD-3-Clause */
/* mkdir(2), getdents(2). */
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "paths.h"

static int do_mkdir(int dirfd, const char __user *pathname, u32 mode)
{
	char path[PATH_MAX];
	struct start start;
	int error = take_path(&start, dirfd, path, pathname);

	if (error)
		return error;
	error = uk_vfs_mkdir(&start.path, path, mode);
	start_end(&start);
	return error;
}

UK_LLSYSCALL_R_DEFINE(int, mkdir, const char *, pathname, mode_t, mode)
{
	return do_mkdir(AT_FDCWD, pathname, mode);
}

UK_LLSYSCALL_R_DEFINE(int, mkdirat, int, dirfd, const char *, pathname, mode_t, mode)
{
	return do_mkdir(dirfd, pathname, mode);
}

/* A listing that stores entries in the program's memory. */
struct output {
	struct uk_listing listing;
	char __user *buffer;
	size_t size, used;
	bool old; /* getdents(2): struct linux_dirent */
	int error;
};

static bool add_entry(struct uk_listing *listing, const char *name, size_t length, u64 ino,
		      unsigned int type, s64 next)
{
	struct output *output = container_of(listing, struct output, listing);
	size_t header = output->old ? offsetof(struct linux_dirent, d_name)
				    : offsetof(struct linux_dirent64, d_name);
	/* The name ends with a NUL byte; the old record ends with the type. */
	size_t size = ALIGN_UP(header + length + 1 + output->old, sizeof(u64));
	char memory[ALIGN_UP(sizeof(struct linux_dirent64) + NAME_MAX + 2, sizeof(u64))];

	if (length > NAME_MAX || output->size - output->used < size) {
		output->error = length > NAME_MAX ? -EIO : -EINVAL;
		return false;
	}
	/* The two structures agree up to the record's length. */
	*(struct linux_dirent64 *)memory = (struct linux_dirent64){
		.d_ino = ino, .d_off = next, .d_reclen = (u16)size, .d_type = (u8)type};
	memcpy(memory + header, name, length);
	memset(memory + header + length, 0, size - header - length);
	if (output->old)
		memory[size - 1] = (char)type;
	if (copy_to_user(output->buffer + output->used, memory, size)) {
		output->error = -EFAULT;
		return false;
	}
	output->used += size;
	return true;
}

static long do_getdents(int fd, void __user *buffer, size_t size, bool old)
{
	struct output output = {.listing = {add_entry}, .buffer = buffer, .size = size, .old = old};
	struct uk_file *file = uk_fd_get(fd);
	int error;

	if (!file)
		return -EBADF;
	if (!file->operations->list || !uk_vnode_is(file->vnode, S_IFDIR))
		error = -ENOTDIR;
	else if (file->path.dentry->flags & UK_DENTRY_DELETED)
		error = -ENOENT;
	else
		error = file->operations->list(file, &output.listing);
	if (!error)
		uk_notify(file->path.dentry, file->vnode, UK_NOTIFY_ACCESS);
	uk_file_put(file);
	if (output.used)
		return (long)output.used;
	return error ? error : output.error;
}

UK_LLSYSCALL_R_DEFINE(long, getdents, unsigned int, fd, void *, dirp, unsigned int, count)
{
	return do_getdents((int)fd, dirp, count, true);
}

UK_LLSYSCALL_R_DEFINE(long, getdents64, unsigned int, fd, void *, dirp, unsigned int, count)
{
	return do_getdents((int)fd, dirp, count, false);
}
