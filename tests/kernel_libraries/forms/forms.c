/* SPDX-License-Identifier: BSD-3-Clause */
/* Each form of the definition macros, called from kernel code in every possible way. */
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

/* The extended forms: the body sees the caller's registers. */
UK_SYSCALL_R_E_DEFINE(long, iopl, unsigned int, level)
{
	return level == 3 ? -EPERM : (long)(execenv->rarg5 + level);
}

UK_LLSYSCALL_R_E_DEFINE(long, modify_ldt, int, func, void *, ptr, unsigned long, bytecount)
{
	return func + (long)ptr + (long)bytecount + (long)execenv->rarg5;
}

UK_SYSCALL_E_DEFINE(int, swapoff, const char *, path)
{
	if (path && execenv->rarg5 == 5)
		return path[0];
	errno = ENOTBLK;
	return -1;
}

UK_LLSYSCALL_E_DEFINE(int, sync_file_range, int, fd, off_t, offset, off_t, nbytes, unsigned int,
		      flags)
{
	errno = ENODEV;
	return (u64)fd == execenv->rarg5 ? -1 : (int)flags;
}

UK_LLSYSCALL_R_E_DEFINE(long, kexec_file_load, int, kernel_fd, int, initrd_fd, unsigned long,
			cmdline_len, const char *, cmdline, unsigned long, flags)
{
	return kernel_fd * 10000 + initrd_fd * 1000 +
	       (long)(cmdline_len * 100 + (u64)cmdline * 10 + flags + execenv->rarg5);
}

UK_LLSYSCALL_R_E_DEFINE(long, move_pages, int, pid, unsigned long, count, void **, pages,
			const int *, nodes, int *, status, int, flags)
{
	return pid + (long)count + (long)pages + (long)nodes + (long)status +
	       flags * (long)execenv->rarg5;
}

int vhangup(void);
long iopl(unsigned int level);
int swapoff(const char *path);
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
	CHECK(errno == 77); /* the raw forms do not change it */
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
	CHECK(uk_syscall6_r(SYS_ptrace, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	CHECK(uk_syscall6_e(100000, 0, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS);
	CHECK(uk_syscall6_r(-1, 0, 0, 0, 0, 0, 0) == -ENOSYS);
	CHECK(strcmp(uk_syscall_name(SYS_mbind), "mbind") == 0);
	CHECK(strcmp(uk_syscall_name(0), "read") == 0);
	CHECK(uk_syscall_name(400) == NULL && uk_syscall_name(-1) == NULL);
	CHECK(uk_syscall_name(UK_SYSCALL_MAX + 1) == NULL);
	CHECK(uk_syscall_is_provided(SYS_mbind) && !uk_syscall_is_provided(SYS_ptrace));
	CHECK(!uk_syscall_is_provided(-1));
}

static void check_extended_forms(void)
{
	struct __regs regs = {
		.rarg0 = 1, .rarg1 = 2, .rarg2 = 3, .rarg3 = 4, .rarg4 = 5, .rarg5 = 5};
	const long execenv = (long)&regs;

	errno = 77;
	CHECK(uk_syscall_r_e_iopl(execenv, 2) == 7);
	CHECK(uk_syscall_r_e_iopl(execenv, 3) == -EPERM);
	CHECK(uk_syscall_r_e_modify_ldt(execenv, 1, 2, 3) == 11);
	CHECK(uk_syscall_r_e_swapoff(execenv, (long)"A") == 'A');
	CHECK(uk_syscall_r_e_swapoff(execenv, 0) == -ENOTBLK);
	CHECK(uk_syscall_r_e_sync_file_range(execenv, 5, 0, 0, 0) == -ENODEV);
	CHECK(uk_syscall_r_e_kexec_file_load(execenv, 1, 2, 3, 4, 0) == 12345);
	CHECK(errno == 77);
	CHECK(uk_syscall_e_e_iopl(execenv, 3) == -1 && errno == EPERM);
	CHECK(uk_syscall_e_e_swapoff(execenv, 0) == -1 && errno == ENOTBLK);
	CHECK(uk_syscall_e_e_sync_file_range(execenv, 4, 0, 0, 9) == 9);
	CHECK(uk_syscall_r_e_move_pages(execenv, 1, 1, 1, 1, 1, 2) == 15);
	/* Without an execenv: the guest's registers, which are zero before it starts. */
	CHECK(uk_syscall_r_iopl(2) == 2);
	CHECK(uk_syscall_e_iopl(3) == -1 && errno == EPERM);
	CHECK(iopl(3) == -1 && errno == EPERM);
	CHECK(swapoff("A") == -1 && errno == ENOTBLK);
	/* By number: the registers of the caller, with these arguments. */
	CHECK(uk_syscall6_r(SYS_modify_ldt, 1, 2, 3, 0, 0, 10) == 16);
	CHECK(uk_syscall6_r_e(SYS_kexec_file_load, &regs) == 12350);
	CHECK(uk_syscall6_r_e(SYS_ptrace, &regs) == -ENOSYS);
	CHECK(uk_syscall6_r_e(100000, &regs) == -ENOSYS);
}

static int check_forms(void)
{
	check_raw();
	check_errno_forms();
	check_wrappers();
	check_dispatch();
	check_extended_forms();
	if (!failures)
		uk_pr_info("all forms work\n");
	return (int)failures;
}
UK_INIT(UK_INIT_CLASS_LATE, check_forms);
