/* SPDX-License-Identifier: BSD-3-Clause */
/* Policies and priorities of threads: stored and reported; all threads get equal turns. */
#include <uk/credentials.h>
#include <uk/linux/sched.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#define PRIORITY_MAX 99 /* of SCHED_FIFO and SCHED_RR: sched(7) */
#define NICE_MIN     (-20)
#define NICE_MAX     19

#define PRIO_PROCESS 0
#define PRIO_PGRP    1
#define PRIO_USER    2

static struct uk_thread *find(pid_t tid)
{
	return tid == 0 ? uk_thread_current() : uk_thread_find(tid);
}

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_policy(int policy)
{
	return is_realtime(policy) || policy == SCHED_OTHER || policy == SCHED_BATCH ||
	       policy == SCHED_IDLE;
}

UK_SYSCALL_R_DEFINE(int, sched_get_priority_max, int, policy)
{
	if (!is_policy(policy))
		return -EINVAL;
	return is_realtime(policy) ? PRIORITY_MAX : 0;
}

UK_SYSCALL_R_DEFINE(int, sched_get_priority_min, int, policy)
{
	return is_policy(policy) ? is_realtime(policy) : -EINVAL;
}

/* policy: a negative value keeps the thread's. */
static int set(pid_t tid, int policy, const struct sched_param __user *param)
{
	struct sched_param new;
	struct uk_thread *thread;

	if (!param || tid < 0)
		return -EINVAL;
	if (copy_from_user(&new, param, sizeof(new)))
		return -EFAULT;
	thread = find(tid);
	if (!thread)
		return -ESRCH;
	if (policy < 0)
		policy = thread->policy;
	if (!is_policy(policy) || new.sched_priority < is_realtime(policy) ||
	    new.sched_priority > (is_realtime(policy) ? PRIORITY_MAX : 0))
		return -EINVAL;
	if (is_realtime(policy) && !uk_capable(CAP_SYS_NICE) &&
	    (policy != thread->policy || new.sched_priority > thread->priority))
		return -EPERM;
	thread->policy = policy;
	thread->priority = new.sched_priority;
	return 0;
}

UK_SYSCALL_PARTIAL(sched_setscheduler, "stored and reported; all threads get equal time slices");
UK_LLSYSCALL_R_DEFINE(int, sched_setscheduler, pid_t, pid, int, policy, const struct sched_param *,
		      param)
{
	return policy < 0 ? -EINVAL : set(pid, policy, param);
}

UK_SYSCALL_PARTIAL(sched_setparam, "stored and reported; all threads get equal time slices");
UK_LLSYSCALL_R_DEFINE(int, sched_setparam, pid_t, pid, const struct sched_param *, param)
{
	return set(pid, -1, param);
}

UK_SYSCALL_R_DEFINE(int, sched_getscheduler, pid_t, pid)
{
	const struct uk_thread *thread = find(pid);

	if (pid < 0)
		return -EINVAL;
	return thread ? thread->policy : -ESRCH;
}

UK_LLSYSCALL_R_DEFINE(int, sched_getparam, pid_t, pid, struct sched_param *, param)
{
	const struct uk_thread *thread = find(pid);
	struct sched_param told = {0};

	if (!param || pid < 0)
		return -EINVAL;
	if (!thread)
		return -ESRCH;
	told.sched_priority = thread->priority;
	return copy_to_user(param, &told, sizeof(told));
}

/* The calls look at one thread (as on Linux, where nice values are per thread), for a group or user
 * at the caller. */
static struct uk_thread *find_nice(int which, int who, int *error)
{
	struct uk_thread *thread = NULL;

	*error = -ESRCH;
	if (which == PRIO_PROCESS)
		thread = find(who);
	else if (which == PRIO_PGRP && (who == 0 || who == uk_process_current()->group))
		thread = uk_thread_current();
	else if (which == PRIO_USER && who == 0)
		thread = uk_thread_current();
	else if (which < PRIO_PROCESS || which > PRIO_USER)
		*error = -EINVAL;
	return thread;
}

/* The raw call returns 40 to 1, so that no value looks like an error. */
UK_LLSYSCALL_R_DEFINE(int, getpriority, int, which, int, who)
{
	int error;
	const struct uk_thread *thread = find_nice(which, who, &error);

	return thread ? NICE_MAX + 1 - thread->nice : error;
}

UK_SYSCALL_PARTIAL(setpriority, "stored and reported; all threads get equal time slices");
UK_LLSYSCALL_R_DEFINE(int, setpriority, int, which, int, who, int, prio)
{
	int error;
	struct uk_thread *thread = find_nice(which, who, &error);

	if (!thread)
		return error;
	if (prio < thread->nice && !uk_capable(CAP_SYS_NICE))
		return -EACCES;
	thread->nice = MAX(MIN(prio, NICE_MAX), NICE_MIN);
	return 0;
}
