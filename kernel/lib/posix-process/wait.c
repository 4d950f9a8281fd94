/* SPDX-License-Identifier: BSD-3-Clause */
/* wait4(2), waitid(2). */
#include <uk/clock.h>
#include <uk/fd_table.h>
#include <uk/linux/resource.h>
#include <uk/linux/wait.h>
#include <uk/pidfd.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#include "usage.h"

/* wait(2), NOTES. */
static int status_word(const struct uk_process_waited *waited)
{
	switch (waited->code) {
	case CLD_EXITED:
		return waited->status << 8;
	case CLD_STOPPED:
		return waited->status << 8 | 0x7f;
	case CLD_CONTINUED:
		return 0xffff;
	default:
		return waited->status;
	}
}

static void set_options(struct uk_process_wait *wait, int options)
{
	wait->stopped = options & WUNTRACED;
	wait->continued = options & WCONTINUED;
	wait->at_once = options & WNOHANG;
	wait->peek = options & WNOWAIT;
	wait->others = (u32)options & WCLONE;
	wait->all = (u32)options & WALL;
}

static int put_usage(const struct uk_process_waited *waited, struct rusage __user *usage)
{
	const struct rusage result = usage_to_user(&waited->usage);

	return usage ? copy_to_user(usage, &result, sizeof(result)) : 0;
}

UK_LLSYSCALL_R_DEFINE(pid_t, wait4, pid_t, pid, int *, status, int, options, struct rusage *, usage)
{
	struct uk_process_wait wait = {.pid = pid, .ended = true};
	struct uk_process_waited waited;
	int error, word;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | (int)(WNOTHREAD | WCLONE | WALL)))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	if (pid == -1)
		wait.pid = 0;
	else if (pid == 0)
		wait.pid = -uk_process_current()->group;
	set_options(&wait, options);
	error = uk_process_wait(&wait, &waited);
	if (error || !waited.pid)
		return error;
	word = status_word(&waited);
	if ((status && copy_to_user(status, &word, sizeof(word))) || put_usage(&waited, usage))
		return -EFAULT;
	return waited.pid;
}

/* 0, -EINVAL, -EBADF, -ECHILD. *may_wait: false for a descriptor with O_NONBLOCK. */
static int choose_by_descriptor(struct uk_process_wait *wait, int fd, bool *may_wait)
{
	struct uk_process *process;
	struct uk_file *file;
	int error;

	if (fd < 0)
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	error = uk_pidfd_process(file, &process);
	*may_wait = !(file->flags & O_NONBLOCK);
	uk_file_put(file);
	if (!error && !process)
		error = -ECHILD;
	if (!error)
		wait->pid = process->pid;
	return error;
}

static int choose(struct uk_process_wait *wait, int type, pid_t id, bool *may_wait)
{
	switch (type) {
	case P_ALL:
		return 0;
	case P_PID:
		wait->pid = id;
		return id <= 0 ? -EINVAL : 0;
	case P_PIDFD:
		return choose_by_descriptor(wait, id, may_wait);
	case P_PGID:
		wait->pid = id ? -id : -uk_process_current()->group;
		return id < 0 ? -EINVAL : 0;
	default:
		return -EINVAL;
	}
}

static int put_information(const struct uk_process_waited *waited, siginfo_t __user *user)
{
	siginfo_t information = {0};

	if (waited->pid) {
		information.si_signo = SIGCHLD;
		information.si_code = waited->code;
		information.si_pid = waited->pid;
		information.si_uid = waited->uid;
		information.si_status = waited->status;
	}
	/* Linux writes these fields and no others. */
	return user ? copy_to_user(user, &information,
				   offsetof(siginfo_t, si_status) + sizeof(information.si_status))
		    : 0;
}

UK_LLSYSCALL_R_DEFINE(int, waitid, int, idtype, pid_t, id, siginfo_t *, infop, int, options,
		      struct rusage *, usage)
{
	struct uk_process_wait wait = {.ended = options & WEXITED};
	struct uk_process_waited waited;
	bool may_wait = true;
	int error;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED |
			(int)(WNOTHREAD | WCLONE | WALL)) ||
	    !(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	error = choose(&wait, idtype, id, &may_wait);
	if (error)
		return error;
	set_options(&wait, options);
	wait.at_once |= !may_wait;
	error = uk_process_wait(&wait, &waited);
	if (error)
		return error;
	if (!waited.pid && !(options & WNOHANG))
		return -EAGAIN;
	if ((waited.pid && put_usage(&waited, usage)) || put_information(&waited, infop))
		return -EFAULT;
	return 0;
}
