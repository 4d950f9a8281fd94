/* SPDX-License-Identifier: BSD-3-Clause */
/* pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2). */
#include <uk/credentials.h>
#include <uk/fd_table.h>
#include <uk/pidfd.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* uapi/linux/pidfd.h */
#define PIDFD_SIGNAL_THREAD	   1u
#define PIDFD_SIGNAL_THREAD_GROUP  2u
#define PIDFD_SIGNAL_PROCESS_GROUP 4u

UK_SYSCALL_PARTIAL(pidfd_open, "no PIDFD_THREAD");
UK_LLSYSCALL_R_DEFINE(int, pidfd_open, pid_t, pid, unsigned int, flags)
{
	struct uk_process *process;

	if (flags & ~(u32)O_NONBLOCK || pid <= 0)
		return -EINVAL;
	process = uk_process_find(pid);
	if (!process)
		return uk_thread_find(pid) ? -ENOENT : -ESRCH;
	return uk_pidfd_open(process, flags);
}

/* 0 with the process; -EBADF; -ESRCH (its parent has waited for it). */
static int process_of(int fd, struct uk_process **process)
{
	struct uk_file *file = uk_fd_get(fd);
	int error;

	if (!file)
		return -EBADF;
	error = uk_pidfd_process(file, process);
	uk_file_put(file);
	if (!error && !*process)
		error = -ESRCH;
	return error;
}

/* The program's information, or that of kill(2). */
static int read_information(siginfo_t *information, const siginfo_t __user *user, int signal,
			    const struct uk_process *target)
{
	if (!user) {
		*information = (siginfo_t){
			.si_signo = signal,
			.si_code = SI_USER,
			.si_pid = uk_process_current()->pid,
			.si_uid = uk_credentials_current()->uid,
		};
		return 0;
	}
	if (copy_from_user(information, user, sizeof(*information)))
		return -EFAULT;
	if (information->si_signo != signal)
		return -EINVAL;
	if (target != uk_process_current() &&
	    (information->si_code >= 0 || information->si_code == SI_TKILL))
		return -EPERM;
	return 0;
}

static int send(struct uk_signal_target target, const siginfo_t *information)
{
	if (information->si_signo < 0 || information->si_signo > _NSIG)
		return -EINVAL;
	if (!uk_credentials_may_signal(target.process, information->si_signo))
		return -EPERM;
	return information->si_signo ? uk_signal_send(target, information) : 0;
}

static int send_to_group(pid_t group, const siginfo_t *information)
{
	int error = -ESRCH;
	bool sent = false;

	for (struct uk_process *process = uk_process_after(NULL); process;
	     process = uk_process_after(process)) {
		if (process->group != group)
			continue;
		error = send(uk_signal_to_process(process), information);
		sent |= !error;
	}
	return sent ? 0 : error;
}

UK_LLSYSCALL_R_DEFINE(int, pidfd_send_signal, int, pidfd, int, sig, siginfo_t *, info, unsigned int,
		      flags)
{
	struct uk_process *process;
	siginfo_t information;
	int error;

	/* At most one of them. */
	if (flags & ~(PIDFD_SIGNAL_THREAD | PIDFD_SIGNAL_THREAD_GROUP |
		      PIDFD_SIGNAL_PROCESS_GROUP) ||
	    flags & (flags - 1))
		return -EINVAL;
	error = process_of(pidfd, &process);
	if (!error)
		error = read_information(&information, info, sig, process);
	if (error)
		return error;
	if (flags & PIDFD_SIGNAL_PROCESS_GROUP)
		return send_to_group(process->group, &information);
	return send(flags & PIDFD_SIGNAL_THREAD ? uk_signal_to_thread(process->threads)
						: uk_signal_to_process(process),
		    &information);
}

UK_LLSYSCALL_R_DEFINE(int, pidfd_getfd, int, pidfd, int, targetfd, unsigned int, flags)
{
	struct uk_process *process;
	struct uk_file *file;
	int error, fd;

	if (flags)
		return -EINVAL;
	error = process_of(pidfd, &process);
	if (error)
		return error;
	if (!process->files)
		return -ESRCH;
	if (!uk_credentials_may_attach(process))
		return -EPERM;
	file = uk_fd_get_from(process->files, targetfd);
	if (!file)
		return -EBADF;
	fd = uk_fd_install(file, 0, true);
	if (fd < 0)
		uk_file_put(file);
	return fd;
}
