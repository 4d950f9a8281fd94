/* SPDX-License-Identifier: BSD-3-Clause */
/* Each form of the definition macros, called from kernel code in each way there is. */
#include <uk/bits/syscall_dispatch.h>
#include <uk/init.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/syscall.h>

UK_SYSCALL_R_DEFINE(int, vhangup)
{
	return -EPERM;
}

UK_SYSCALL_DEFINE(int, acct, const char *, filename)
{
	if (!filename) {
		errno = EFAULT;
		return -1;
	}
	return filename[0];
}

/* -1 without errno is a value. */
UK_SYSCALL_DEFINE(int, ioprio_get, int, which, int, who)
{
	return which + who;
}

UK_LLSYSCALL_DEFINE(int, ioperm, unsigned long, from, unsigned long, num, int, turn_on)
{
	errno = EIO;
	return turn_on ? -1 : 3;
}

UK_LLSYSCALL_R_DEFINE(long, migrate_pages, int, pid, unsigned long, maxnode, const void *,
		      old_nodes, const void *, new_nodes)
{
	return pid == 1 && maxnode == 2 && (long)old_nodes == 3 && (long)new_nodes == 4 ? 10
											: -EINVAL;
}

UK_SYSCALL_R_DEFINE(long, keyctl, int, operation, unsigned long, arg2, unsigned long, arg3,
		    unsigned long, arg4, unsigned long, arg5)
{
	return operation * 10000 + (long)(arg2 * 1000 + arg3 * 100 + arg4 * 10 + arg5);
}

UK_SYSCALL_R_DEFINE(void *, mbind, void *, addr, unsigned long, len, int, mode, const void *,
		    nodemask, unsigned long, maxnode, unsigned int, flags)
{
	if (mode < 0)
		return (void *)(long)-ENXIO;
	return (char *)addr + len * 10000 + (long)nodemask * 100 + maxnode * 10 + flags;
}

int vhangup(void);
int acct(const char *filename);
int ioprio_get(int which, int who);
long keyctl(int operation, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	    unsigned long arg5);
void *mbind(void *addr, unsigned long len, int mode, const void *nodemask, unsigned long maxnode,
	    unsigned int flags);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			uk_pr_err("line %d: %s\n", __LINE__, #condition);                          \
			failures++;                                                                \
		}                                                                                  \
	} while (0)

static unsigned int failures;

static void check_raw(void)
{
	errno = 77;
	CHECK(uk_syscall_r_vhangup() == -EPERM);
	CHECK(uk_syscall_r_acct(0) == -EFAULT);
	CHECK(uk_syscall_r_acct((long)"A") == 'A');
	CHECK(uk_syscall_r_ioprio_get(2, -3) == -1);
	CHECK(uk_syscall_r_ioperm(0, 0, 1) == -EIO);
	CHECK(uk_syscall_r_ioperm(0, 0, 0) == 3);
	CHECK(uk_syscall_r_migrate_pages(1, 2, 3, 4) == 10);
	CHECK(uk_syscall_r_keyctl(1, 2, 3, 4, 5) == 12345);
	CHECK(uk_syscall_r_mbind(100000, 2, 1, 3, 4, 5) == 120345);
	CHECK(uk_syscall_r_mbind(0, 0, -1, 0, 0, 0) == -ENXIO);
	CHECK(errno == 77); /* the raw forms leave it alone */
}

static void check_errno_forms(void)
{
	errno = 0;
	CHECK(uk_syscall_e_vhangup() == -1 && errno == EPERM);
	CHECK(uk_syscall_e_acct(0) == -1 && errno == EFAULT);
	CHECK(uk_syscall_e_migrate_pages(0, 0, 0, 0) == -1 && errno == EINVAL);
	CHECK(uk_syscall_e_mbind(0, 0, -1, 0, 0, 0) == -1 && errno == ENXIO);
	errno = 5;
	CHECK(uk_syscall_e_keyctl(1, 0, 0, 0, 1) == 10001 && errno == 5);
}

static void check_wrappers(void)
{
	CHECK(vhangup() == -1 && errno == EPERM);
	CHECK(acct(NULL) == -1 && errno == EFAULT);
	CHECK(acct("B") == 'B');
	CHECK(ioprio_get(1, 2) == 3);
	CHECK(keyctl(5, 4, 3, 2, 1) == 54321);
	CHECK(mbind((void *)7, 0, 0, NULL, 0, 0) == (void *)7);
	CHECK(mbind(NULL, 0, -1, NULL, 0, 0) == (void *)-1 && errno == ENXIO);
}

static void check_dispatch(void)
{
	CHECK(uk_syscall6_r(SYS_acct, 0, 0, 0, 0, 0, 0) == -EFAULT);
	CHECK(uk_syscall6_e(SYS_acct, 0, 0, 0, 0, 0, 0) == -1 && errno == EFAULT);
	CHECK(uk_syscall6_r(SYS_mbind, 100000, 2, 1, 3, 4, 5) == 120345);
	CHECK(uk_syscall6_r(SYS_fork, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	CHECK(uk_syscall6_e(100000, 0, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS);
	CHECK(uk_syscall6_r(-1, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	CHECK(strcmp(uk_syscall_name(SYS_mbind), "mbind") == 0);
	CHECK(strcmp(uk_syscall_name(0), "read") == 0);
	CHECK(uk_syscall_name(400) == NULL && uk_syscall_name(-1) == NULL);
	CHECK(uk_syscall_name(UK_SYSCALL_MAX + 1) == NULL);
	CHECK(uk_syscall_is_provided(SYS_mbind) && !uk_syscall_is_provided(SYS_fork));
	CHECK(!uk_syscall_is_provided(-1));
}

static int check_forms(void)
{
	check_raw();
	check_errno_forms();
	check_wrappers();
	check_dispatch();
	if (!failures)
		uk_pr_info("all forms work\n");
	return (int)failures;
}
UK_INIT(UK_INIT_CLASS_LATE, check_forms);
