/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks of files: fcntl(2)'s F_SETLK and F_OFD_SETLK, flock(2). */
#include <uk/lock.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "fdtab.h"

/* Interprets l_start and l_len: fcntl(2). */
static int read_range(const struct uk_file *file, const struct flock *flock, struct uk_lock *lock)
{
	s64 base = 0;

	switch (flock->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		base = file->offset;
		break;
	case SEEK_END:
		base = (s64)file->vnode->size;
		break;
	default:
		return -EINVAL;
	}
	if (__builtin_add_overflow(base, flock->l_start, &lock->start))
		return -EOVERFLOW;
	lock->end = INT64_MAX;
	if (flock->l_len > 0 && __builtin_add_overflow(lock->start, flock->l_len - 1, &lock->end))
		return -EOVERFLOW;
	if (flock->l_len < 0) {
		lock->end = lock->start - 1;
		lock->start += flock->l_len;
	}
	return lock->start < 0 ? -EINVAL : 0;
}

static int tell_conflict(const struct uk_file *file, const struct uk_lock *lock,
			 struct flock *flock)
{
	const struct uk_lock *other = uk_lock_conflict(file->vnode, lock);

	if (!other && file->vnode->operations->get_lock)
		return file->vnode->operations->get_lock(file->vnode, lock, flock);
	if (!other) {
		flock->l_type = F_UNLCK;
		return 0;
	}
	*flock = (struct flock){
		.l_type = other->type,
		.l_whence = SEEK_SET,
		.l_start = other->start,
		.l_len = other->end == INT64_MAX ? 0 : other->end - other->start + 1,
		.l_pid = other->kind == UK_LOCK_OFD ? -1 : other->process->pid,
	};
	return 0;
}

long fdtab_record_lock(struct uk_file *file, unsigned int operation, struct flock __user *user)
{
	bool ofd = operation >= F_OFD_GETLK;
	bool get = operation == F_GETLK || operation == F_OFD_GETLK;
	bool wait = operation == F_SETLKW || operation == F_OFD_SETLKW;
	struct uk_lock lock = {.kind = ofd ? UK_LOCK_OFD : UK_LOCK_POSIX,
			       .process = uk_process_current(),
			       .file = ofd ? file : NULL};
	struct flock flock;
	int error;

	if (copy_from_user(&flock, user, sizeof(flock)))
		return -EFAULT;
	if (ofd && flock.l_pid)
		return -EINVAL;
	if (flock.l_type < F_RDLCK || flock.l_type > F_UNLCK || (get && flock.l_type == F_UNLCK))
		return -EINVAL;
	lock.type = flock.l_type;
	error = read_range(file, &flock, &lock);
	if (error)
		return error;
	if (get) {
		error = tell_conflict(file, &lock, &flock);
		return error ? error : copy_to_user(user, &flock, sizeof(flock));
	}
	if ((lock.type == F_RDLCK && !(file->mode & UK_FILE_READ)) ||
	    (lock.type == F_WRLCK && !(file->mode & UK_FILE_WRITE)))
		return -EBADF;
	return wait ? uk_lock_wait(file->vnode, &lock) : uk_lock_set(file->vnode, &lock);
}

UK_LLSYSCALL_R_DEFINE(int, flock, int, fd, int, operation)
{
	struct uk_file *file;
	s16 type = F_UNLCK;
	int error;

	switch (operation & ~LOCK_NB) {
	case LOCK_SH:
		type = F_RDLCK;
		break;
	case LOCK_EX:
		type = F_WRLCK;
		break;
	case LOCK_UN:
		break;
	default:
		return -EINVAL;
	}
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	error = uk_lock_whole_file(file, type, !(operation & LOCK_NB));
	uk_file_put(file);
	return error;
}
