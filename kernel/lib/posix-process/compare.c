/* SPDX-License-Identifier: BSD-3-Clause */
/* kcmp(2). */
#include <uk/credentials.h>
#include <uk/epoll.h>
#include <uk/fd_table.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* uapi/linux/kcmp.h */
enum kcmp_type {
	KCMP_FILE,
	KCMP_VM,
	KCMP_FILES,
	KCMP_FS,
	KCMP_SIGHAND,
	KCMP_IO,
	KCMP_SYSVSEM,
	KCMP_EPOLL_TFD,
};
struct kcmp_epoll_slot {
	u32 efd, tfd, toff;
};

/* The order of kernel addresses must not be known outside: the order of their products with an odd
 * number says nothing about it (Linux, kptr_obfuscate()). */
static int compare(const void *first, const void *second)
{
	u64 one = (u64)first * 0x9e3779b97f4a7c15, two = (u64)second * 0x9e3779b97f4a7c15;

	return one == two ? 0 : one < two ? 1 : 2;
}

/* An open file, whose address is only compared; NULL: the descriptor is closed. As on Linux, only
 * 32 bits of an index count. */
static const struct uk_file *file_of(const struct uk_process *process, u32 fd)
{
	const struct uk_fd_table *table = process->files;

	return table && fd < table->size ? table->entries[fd].file : NULL;
}

static int compare_with_target(const struct uk_process *process, unsigned long fd,
			       const struct uk_process *other, const void __user *user)
{
	struct kcmp_epoll_slot slot;
	const struct uk_file *file = file_of(process, (u32)fd), *set, *target;

	if (copy_from_user(&slot, user, sizeof(slot)))
		return -EFAULT;
	set = file_of(other, slot.efd);
	if (!file || !set)
		return -EBADF;
	if (!uk_epoll_is_set(set))
		return -EINVAL;
	target = uk_epoll_target(set, (int)slot.tfd, slot.toff);
	return target ? compare(file, target) : -ENOENT;
}

static int do_compare(const struct uk_process *first, const struct uk_process *second,
		      enum kcmp_type type, unsigned long idx1, unsigned long idx2)
{
	switch (type) {
	case KCMP_FILE: {
		const struct uk_file *one = file_of(first, (u32)idx1);
		const struct uk_file *two = file_of(second, (u32)idx2);

		return one && two ? compare(one, two) : -EBADF;
	}
	case KCMP_VM:
		return compare(first->mm, second->mm);
	case KCMP_FILES:
		return compare(first->files, second->files);
	case KCMP_FS:
		return compare(first->paths, second->paths);
	case KCMP_SIGHAND:
		return compare(first->signal_actions, second->signal_actions);
	case KCMP_IO:
	case KCMP_SYSVSEM:
		/* Nobody has such a context. */
		return 0;
	case KCMP_EPOLL_TFD:
		return compare_with_target(first, idx1, second, (const void __user *)idx2);
	}
	return -EINVAL;
}

UK_LLSYSCALL_R_DEFINE(int, kcmp, pid_t, pid1, pid_t, pid2, int, type, unsigned long, idx1,
		      unsigned long, idx2)
{
	const struct uk_thread *first = uk_thread_find(pid1), *second = uk_thread_find(pid2);

	if (!first || !second)
		return -ESRCH;
	if (!uk_credentials_may_attach(first->process) ||
	    !uk_credentials_may_attach(second->process))
		return -EPERM;
	return do_compare(first->process, second->process, (enum kcmp_type)type, idx1, idx2);
}
