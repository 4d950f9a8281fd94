/* SPDX-License-Identifier: BSD-3-Clause */
/* Segment bases and names of threads, attributes of the process. */
#include <uk/linux/prctl.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "capabilities.h"

#define PR_SET_PDEATHSIG       1
#define PR_GET_PDEATHSIG       2
#define PR_SET_CHILD_SUBREAPER 36
#define PR_GET_CHILD_SUBREAPER 37
#define PR_GET_DUMPABLE	       3
#define PR_SET_DUMPABLE	       4
#define PR_SET_NAME	       15
#define PR_GET_NAME	       16
#define PR_SET_NO_NEW_PRIVS    38
#define PR_GET_NO_NEW_PRIVS    39

UK_SYSCALL_PARTIAL(arch_prctl, "only ARCH_SET_FS, ARCH_GET_FS, ARCH_SET_GS and ARCH_GET_GS");
UK_LLSYSCALL_R_DEFINE(long, arch_prctl, int, operation, u64, address)
{
	u64 value;

	switch (operation) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (address >= UK_TASK_SIZE)
			return -EPERM;
		if (operation == ARCH_SET_FS)
			ukplat_set_fs_base(address);
		else
			ukplat_set_gs_base(address);
		return 0;
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		value = operation == ARCH_GET_FS ? ukplat_get_fs_base() : ukplat_get_gs_base();
		return copy_to_user((void *)address, &value, sizeof(value));
	default:
		return -EINVAL;
	}
}

static int set_name(const char __user *name)
{
	char copy[UK_THREAD_NAME_SIZE] = {0};

	if (strncpy_from_user(copy, name, UK_THREAD_NAME_SIZE - 1) < 0)
		return -EFAULT;
	memcpy(uk_thread_current()->name, copy, sizeof(copy));
	return 0;
}

static int put_int(int __user *to, int value)
{
	return copy_to_user(to, &value, sizeof(value));
}

UK_SYSCALL_PARTIAL(prctl,
		   "only names, dumpable, no_new_privs, death signals, subreapers, capabilities");
UK_LLSYSCALL_R_DEFINE(int, prctl, int, operation, unsigned long, arg2, unsigned long, arg3,
		      unsigned long, arg4, unsigned long, arg5)
{
	int result;

	switch (operation) {
	case PR_SET_NAME:
		return set_name((const char *)arg2);
	case PR_GET_NAME:
		return copy_to_user((void *)arg2, uk_thread_current()->name, UK_THREAD_NAME_SIZE);
	case PR_SET_PDEATHSIG:
		if (arg2 > _NSIG)
			return -EINVAL;
		uk_process_current()->death_signal = (int)arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_int((int *)arg2, uk_process_current()->death_signal);
	case PR_SET_CHILD_SUBREAPER:
		uk_process_current()->is_subreaper = arg2;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_int((int *)arg2, uk_process_current()->is_subreaper);
	case PR_GET_DUMPABLE:
		return uk_process_current()->dumpable;
	case PR_SET_DUMPABLE:
		if (arg2 > 1)
			return -EINVAL;
		uk_process_current()->dumpable = (int)arg2;
		return 0;
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1 || arg3 || arg4 || arg5)
			return -EINVAL;
		uk_process_current()->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL : uk_process_current()->no_new_privs;
	default:
		return capabilities_control(operation, (unsigned long[]){arg2, arg3, arg4, arg5},
					    &result)
			       ? result
			       : -EINVAL;
	}
}
