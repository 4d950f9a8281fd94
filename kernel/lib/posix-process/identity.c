/* SPDX-License-Identifier: BSD-3-Clause */
/* The identity of the process; its user is root. */
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#define ROOT 0

UK_SYSCALL_R_DEFINE(pid_t, getpid)
{
	return uk_process_current()->pid;
}

UK_SYSCALL_R_DEFINE(pid_t, gettid)
{
	return uk_thread_current()->tid;
}

UK_SYSCALL_R_DEFINE(uid_t, getuid)
{
	return ROOT;
}

UK_SYSCALL_R_DEFINE(uid_t, geteuid)
{
	return ROOT;
}

UK_SYSCALL_R_DEFINE(gid_t, getgid)
{
	return ROOT;
}

UK_SYSCALL_R_DEFINE(gid_t, getegid)
{
	return ROOT;
}

static int put_three(uid_t __user *real, uid_t __user *effective, uid_t __user *saved)
{
	const uid_t root = ROOT;

	if (copy_to_user(real, &root, sizeof(root)) ||
	    copy_to_user(effective, &root, sizeof(root)) ||
	    copy_to_user(saved, &root, sizeof(root)))
		return -EFAULT;
	return 0;
}

UK_SYSCALL_R_DEFINE(int, getresuid, uid_t *, ruid, uid_t *, euid, uid_t *, suid)
{
	return put_three(ruid, euid, suid);
}

UK_SYSCALL_R_DEFINE(int, getresgid, gid_t *, rgid, gid_t *, egid, gid_t *, sgid)
{
	return put_three(rgid, egid, sgid);
}

UK_SYSCALL_R_DEFINE(int, getgroups, int, size, gid_t *, list)
{
	return size < 0 ? -EINVAL : 0;
}
