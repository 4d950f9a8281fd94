/* SPDX-License-Identifier: BSD-3-Clause */
/* Resource limits and usage. Limits are stored and reported; the limit of memory is the
 * machine's. */
#include <uk/clock.h>
#include <uk/credentials.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/system.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#include "usage.h"

static int do_prlimit(struct uk_process *process, unsigned int resource,
		      const struct rlimit __user *new_limit, struct rlimit __user *old_limit)
{
	struct rlimit wanted, old;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	old = process->limits[resource];
	if (new_limit) {
		if (copy_from_user(&wanted, new_limit, sizeof(wanted)))
			return -EFAULT;
		if (wanted.rlim_cur > wanted.rlim_max)
			return -EINVAL;
		if (resource == RLIMIT_NOFILE && wanted.rlim_max > UK_FD_HARD_LIMIT)
			return -EPERM;
		if (wanted.rlim_max > old.rlim_max && !uk_capable(CAP_SYS_RESOURCE))
			return -EPERM;
		process->limits[resource] = wanted;
	}
	return old_limit ? copy_to_user(old_limit, &old, sizeof(old)) : 0;
}

/* Linux, check_prlimit_permission(). */
static bool may_limit(const struct uk_process *process)
{
	const struct uk_credentials *own = uk_credentials_current();
	const struct uk_credentials *other = process->threads->credentials;

	return process == uk_process_current() || uk_capable(CAP_SYS_RESOURCE) ||
	       (own->uid == other->uid && own->uid == other->euid && own->uid == other->suid &&
		own->gid == other->gid && own->gid == other->egid && own->gid == other->sgid);
}

UK_SYSCALL_PARTIAL(prlimit64, "limits are stored and reported; only RLIMIT_NOFILE is enforced");
UK_LLSYSCALL_R_DEFINE(int, prlimit64, pid_t, pid, unsigned int, resource, const struct rlimit *,
		      new_limit, struct rlimit *, old_limit)
{
	struct uk_process *process = pid ? uk_process_find(pid) : uk_process_current();

	if (!process)
		return -ESRCH;
	return may_limit(process) ? do_prlimit(process, resource, new_limit, old_limit) : -EPERM;
}

UK_LLSYSCALL_R_DEFINE(int, getrlimit, unsigned int, resource, struct rlimit *, rlim)
{
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(rlim, &uk_process_current()->limits[resource], sizeof(*rlim));
}

UK_SYSCALL_PARTIAL(setrlimit, "limits are stored and reported; only RLIMIT_NOFILE is enforced");
UK_LLSYSCALL_R_DEFINE(int, setrlimit, unsigned int, resource, const struct rlimit *, rlim)
{
	return rlim ? do_prlimit(uk_process_current(), resource, rlim, NULL) : -EFAULT;
}

struct rusage usage_to_user(const struct uk_process_usage *usage)
{
	u64 microseconds = usage->ran / NS_PER_US;

	return (struct rusage){
		.ru_utime.tv_sec = (s64)(microseconds / US_PER_SECOND),
		.ru_utime.tv_usec = (s64)(microseconds % US_PER_SECOND),
		.ru_maxrss = (s64)(usage->resident / 1024),
	};
}

UK_SYSCALL_PARTIAL(getrusage, "only ru_utime, which includes time in the kernel, and ru_maxrss");
UK_SYSCALL_R_DEFINE(int, getrusage, int, who, struct rusage *, usage)
{
	struct uk_process_usage used = {.resident = uk_mm_resident(uk_mm_current())};
	struct rusage result;

	switch (who) {
	case RUSAGE_SELF:
		used.ran = uk_sched_process_ran(uk_process_current());
		break;
	case RUSAGE_THREAD:
		used.ran = uk_sched_ran(uk_thread_current());
		break;
	case RUSAGE_CHILDREN:
		used = uk_process_current()->children_usage;
		break;
	default:
		return -EINVAL;
	}
	result = usage_to_user(&used);
	return copy_to_user(usage, &result, sizeof(result));
}

static s64 to_ticks(s64 ns)
{
	return ns / (NS_PER_SECOND / UK_CLOCK_TICKS);
}

UK_SYSCALL_PARTIAL(times, "only tms_utime and tms_cutime, which include time in the kernel");
UK_SYSCALL_R_DEFINE(long, times, struct tms *, buf)
{
	const struct tms result = {
		.tms_utime = to_ticks((s64)uk_sched_process_ran(uk_process_current())),
		.tms_cutime = to_ticks((s64)uk_process_current()->children_usage.ran),
	};

	if (buf && copy_to_user(buf, &result, sizeof(result)))
		return -EFAULT;
	return to_ticks(uk_clock_read(CLOCK_MONOTONIC));
}
