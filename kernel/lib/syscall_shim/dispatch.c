/* SPDX-License-Identifier: BSD-3-Clause */
/* Dispatch by number for callers inside the kernel, and the names of the calls. */
#include <uk/bits/syscall_dispatch.h>
#include <uk/bits/syscall_names.h>
#include <uk/print.h>
#include <uk/syscall.h>

#ifdef CONFIG_LIBUKDEBUG_PRINTD
long uk_syscall_not_available(long nr)
{
	const char *name = uk_syscall_name(nr);

	if (name)
		uk_pr_debug("syscall \"%s\" is not available\n", name);
	else
		uk_pr_debug("syscall %ld is not available\n", nr);
	return -ENOSYS;
}
#endif

long uk_syscall_e_stub(const char *name)
{
	uk_pr_debug("syscall \"%s\" is not available\n", name);
	errno = ENOSYS;
	return -1;
}

long uk_syscall6_r(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5)
{
	/* The caller's registers with these arguments, for calls that read the registers. */
	struct __regs regs = *ukplat_guest_regs();

	regs.rarg0 = (u64)arg0;
	regs.rarg1 = (u64)arg1;
	regs.rarg2 = (u64)arg2;
	regs.rarg3 = (u64)arg3;
	regs.rarg4 = (u64)arg4;
	regs.rarg5 = (u64)arg5;
	return uk_syscall6_r_e(nr, &regs);
}

long uk_syscall6_e(long nr, long arg0, long arg1, long arg2, long arg3, long arg4, long arg5)
{
	long result = uk_syscall6_r(nr, arg0, arg1, arg2, arg3, arg4, arg5);

	if (!UK_SYSCALL_IS_ERROR(result))
		return result;
	errno = (int)-result;
	return -1;
}

const char *uk_syscall_name(long nr)
{
	if ((unsigned long)nr > UK_SYSCALL_MAX || syscall_name_offsets[nr] == 0)
		return NULL;
	return syscall_names + syscall_name_offsets[nr];
}

bool uk_syscall_is_provided(long nr)
{
	return uk_syscall_is_in_switch(nr);
}
