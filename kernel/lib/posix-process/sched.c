/* SPDX-License-Identifier: BSD-3-Clause */
/* Scheduling on the one processor: CPU 0. */
#include <uk/linux/sched.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

UK_SYSCALL_R_DEFINE(int, sched_yield)
{
	uk_sched_yield();
	return 0;
}

static bool exists(pid_t tid)
{
	return tid == 0 || uk_thread_find(tid);
}

/* The raw call returns the number of bytes written. */
UK_LLSYSCALL_R_DEFINE(int, sched_getaffinity, pid_t, pid, unsigned int, cpusetsize, void *, mask)
{
	const u64 set = 1;

	if (cpusetsize < sizeof(set) || cpusetsize % sizeof(set))
		return -EINVAL;
	if (!exists(pid))
		return -ESRCH;
	return copy_to_user(mask, &set, sizeof(set)) ? -EFAULT : (int)sizeof(set);
}

UK_LLSYSCALL_R_DEFINE(int, sched_setaffinity, pid_t, pid, unsigned int, cpusetsize, const void *,
		      mask)
{
	u64 set = 0;

	if (!exists(pid))
		return -ESRCH;
	if (copy_from_user(&set, mask, MIN(cpusetsize, (unsigned int)sizeof(set))))
		return -EFAULT;
	return set & 1 ? 0 : -EINVAL;
}

/* Threads on one processor see each other's writes in order: nothing needs to be done. */
UK_SYSCALL_PARTIAL(membarrier, "no MEMBARRIER_CMD_*_SYNC_CORE, no MEMBARRIER_CMD_*_RSEQ");
UK_LLSYSCALL_R_DEFINE(int, membarrier, int, cmd, unsigned int, flags, int, cpu_id)
{
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case MEMBARRIER_CMD_QUERY:
		return MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |
		       MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |
		       MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
		uk_process_current()->membarrier_registered = true;
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return uk_process_current()->membarrier_registered ? 0 : -EPERM;
	case MEMBARRIER_CMD_GLOBAL:
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
		return 0;
	default:
		return -EINVAL;
	}
}
