/* SPDX-License-Identifier: BSD-3-Clause */
/* Sending signals: kill(2), tkill(2), sigqueue(3). */
#include <uk/credentials.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

static int send(struct uk_signal_target target, int signal, int code)
{
	const siginfo_t information = {
		.si_signo = signal,
		.si_code = code,
		.si_pid = uk_process_current()->pid,
		.si_uid = uk_credentials_current()->uid,
	};

	if (!uk_credentials_may_signal(target.process, signal))
		return -EPERM;
	/* Signal 0 only checks whether a signal could be sent: kill(2). */
	return signal == 0 ? 0 : uk_signal_send(target, &information);
}

/* Whether kill(2) with this pid means the process; it does not mean zombies, but finds them. */
static bool is_meant(const struct uk_process *process, pid_t pid)
{
	const struct uk_process *self = uk_process_current();

	if (pid == -1)
		return process != self && !uk_process_is_first(process);
	return process->group == (pid ? -pid : self->group);
}

static int send_to_many(pid_t pid, int signal)
{
	bool found = false, sent = false;
	int error = 0;

	for (struct uk_process *process = uk_process_after(NULL); process;
	     process = uk_process_after(process)) {
		if (!is_meant(process, pid))
			continue;
		found = true;
		error = send(uk_signal_to_process(process), signal, SI_USER);
		sent |= !error;
	}
	/* One success is enough. */
	return sent ? 0 : found ? error : -ESRCH;
}

UK_SYSCALL_R_DEFINE(int, kill, pid_t, pid, int, sig)
{
	struct uk_process *process;

	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid <= 0)
		return send_to_many(pid, sig);
	process = uk_process_find(pid);
	return process ? send(uk_signal_to_process(process), sig, SI_USER) : -ESRCH;
}

UK_SYSCALL_R_DEFINE(int, tkill, pid_t, tid, int, sig)
{
	struct uk_thread *thread = uk_thread_find(tid);

	if (tid <= 0)
		return -EINVAL;
	return thread ? send(uk_signal_to_thread(thread), sig, SI_TKILL) : -ESRCH;
}

UK_SYSCALL_R_DEFINE(int, tgkill, pid_t, tgid, pid_t, tid, int, sig)
{
	struct uk_thread *thread = uk_thread_find(tid);

	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	if (!thread || thread->process->pid != tgid)
		return -ESRCH;
	return send(uk_signal_to_thread(thread), sig, SI_TKILL);
}

/* thread NULL: to the process. process NULL: not found. */
static int queue(struct uk_process *process, struct uk_thread *thread, int sig,
		 const siginfo_t __user *info)
{
	siginfo_t information;

	if (copy_from_user(&information, info, sizeof(information)))
		return -EFAULT;
	/* A program may not pretend to another process that the kernel, kill(2) or tkill(2) sent
	 * the signal. */
	if (process != uk_process_current() &&
	    (information.si_code >= 0 || information.si_code == SI_TKILL))
		return -EPERM;
	if (!process)
		return -ESRCH;
	if (!uk_credentials_may_signal(process, sig))
		return -EPERM;
	information.si_signo = sig;
	return sig == 0 ? 0
			: uk_signal_send(thread ? uk_signal_to_thread(thread)
						: uk_signal_to_process(process),
					 &information);
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigqueueinfo, pid_t, tgid, int, sig, const siginfo_t *, info)
{
	return queue(uk_process_find(tgid), NULL, sig, info);
}

UK_LLSYSCALL_R_DEFINE(int, rt_tgsigqueueinfo, pid_t, tgid, pid_t, tid, int, sig, const siginfo_t *,
		      info)
{
	struct uk_thread *thread = uk_thread_find(tid);

	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	if (thread && thread->process->pid != tgid)
		thread = NULL;
	return queue(thread ? thread->process : NULL, thread, sig, info);
}
