/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, masks, the alternate stack, and waiting for signals. */
#include <uk/clock.h>
#include <uk/cpu.h>
#include <uk/leave.h>
#include <uk/plat.h>
#include <uk/poll.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>

#define SIGSET_SIZE 8 /* bytes: the only size that the raw calls accept */

static struct uk_signal_thread *state(void)
{
	return &uk_thread_current()->signal;
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigaction, int, signum, const struct kernel_sigaction *, act,
		      struct kernel_sigaction *, oldact, size_t, sigsetsize)
{
	struct kernel_sigaction action, old;
	int error;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (act && copy_from_user(&action, act, sizeof(action)))
		return -EFAULT;
	error = uk_signal_action(uk_process_current(), signum, act ? &action : NULL, &old);
	if (error)
		return error;
	return oldact ? copy_to_user(oldact, &old, sizeof(old)) : 0;
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigprocmask, int, how, const u64 *, set, u64 *, oldset, size_t,
		      sigsetsize)
{
	u64 old = state()->blocked, new;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (set) {
		if (copy_from_user(&new, set, sizeof(new)))
			return -EFAULT;
		switch (how) {
		case SIG_BLOCK:
			uk_signal_set_blocked(old | new);
			break;
		case SIG_UNBLOCK:
			uk_signal_set_blocked(old & ~new);
			break;
		case SIG_SETMASK:
			uk_signal_set_blocked(new);
			break;
		default:
			return -EINVAL;
		}
	}
	return oldset ? copy_to_user(oldset, &old, sizeof(old)) : 0;
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigpending, u64 *, set, size_t, sigsetsize)
{
	u64 pending = uk_signal_waiting() & state()->blocked;

	if (sigsetsize > SIGSET_SIZE)
		return -EINVAL;
	return copy_to_user(set, &pending, sigsetsize);
}

static int wait_for_signal(void)
{
	while (!uk_signal_pending())
		uk_sched_sleep(UINT64_MAX);
	return -EINTR;
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigsuspend, const u64 *, mask, size_t, sigsetsize)
{
	u64 new;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&new, mask, sizeof(new)))
		return -EFAULT;
	state()->saved_blocked = state()->blocked;
	state()->restore_blocked = true;
	uk_signal_set_blocked(new);
	return wait_for_signal();
}

UK_SYSCALL_R_DEFINE(int, pause)
{
	return wait_for_signal();
}

UK_LLSYSCALL_R_DEFINE(int, rt_sigtimedwait, const u64 *, set, siginfo_t *, info,
		      const struct timespec *, timeout, size_t, sigsetsize)
{
	s64 ns = -1;
	u64 deadline;
	siginfo_t taken;
	u64 wanted;
	int error;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&wanted, set, sizeof(wanted)))
		return -EFAULT;
	error = timeout ? uk_user_timespec(timeout, &ns) : 0;
	if (error)
		return error;
	deadline = uk_poll_deadline(ns);
	error = uk_signal_wait(wanted, &taken, deadline);
	if (error)
		return error;
	if (info && copy_to_user(info, &taken, sizeof(taken)))
		return -EFAULT;
	return taken.si_signo;
}

UK_LLSYSCALL_R_E_DEFINE(long, rt_sigreturn)
{
	/* The program continues with exactly this state, not with the call's result. */
	uk_cpu_current()->work |= uk_signal_return(execenv) ? UK_WORK_BAD_FRAME : UK_WORK_RESUME;
	return (long)execenv->rax;
}

UK_SYSCALL_PARTIAL(sigaltstack, "SS_AUTODISARM has no effect");
UK_LLSYSCALL_R_E_DEFINE(int, sigaltstack, const stack_t *, ss, stack_t *, old_ss)
{
	bool active = uk_signal_on_altstack(execenv->rsp);
	stack_t old = state()->altstack, new;

	if (ss) {
		if (copy_from_user(&new, ss, sizeof(new)))
			return -EFAULT;
		if (active)
			return -EPERM;
		if (new.ss_flags & ~(int)(SS_DISABLE | SS_ONSTACK | SS_AUTODISARM) ||
		    (new.ss_flags &(SS_DISABLE | SS_ONSTACK)) == (SS_DISABLE | SS_ONSTACK))
			return -EINVAL;
		if (new.ss_flags & SS_DISABLE)
			new = (stack_t){.ss_flags = SS_DISABLE};
		else if (new.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		new.ss_flags &= ~SS_ONSTACK;
		state()->altstack = new;
	}
	if (active)
		old.ss_flags |= SS_ONSTACK;
	return old_ss ? copy_to_user(old_ss, &old, sizeof(old)) : 0;
}
