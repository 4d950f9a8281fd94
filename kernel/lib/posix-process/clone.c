/* SPDX-License-Identifier: BSD-3-Clause */
/* clone(2) of threads; creating processes is not provided. */
#include <uk/futex.h>
#include <uk/leave.h>
#include <uk/linux/sched.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* What the threads of one process share here. */
#define FLAGS_SHARED (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
/* Without effect here: nobody traces, and there are no semaphore adjustments. */
#define FLAGS_IGNORED                                                                              \
	(CLONE_SYSVSEM | CLONE_DETACHED | CLONE_UNTRACED | CLONE_PTRACE | CLONE_IO |               \
	 CLONE_CLEAR_SIGHAND)
#define FLAGS_OF_THREADS                                                                           \
	(CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)

struct request {
	u64 flags;
	u64 stack; /* its stack pointer; 0: the caller's */
	pid_t __user *parent_tid, *child_tid;
	u64 tls;
};

static int check(const struct request *request)
{
	u64 flags = request->flags;

	if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
	    (flags & CLONE_SIGHAND && !(flags & CLONE_VM)) ||
	    (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((flags & FLAGS_SHARED) != FLAGS_SHARED)
		return -ENOSYS;
	if (flags & ~(FLAGS_SHARED | FLAGS_IGNORED | FLAGS_OF_THREADS))
		return -EINVAL;
	/* Linux, ARCH_SET_FS in do_arch_prctl_64(). */
	return flags & CLONE_SETTLS && request->tls >= UK_TASK_SIZE ? -EPERM : 0;
}

static long clone_thread(const struct __regs *caller, const struct request *request)
{
	struct __regs regs = *caller;
	struct uk_thread *thread;
	int error = check(request);

	if (error)
		return error;
	regs.rret0 = 0;
	regs.orig_rax = ~0UL;
	if (request->stack)
		regs.rsp = request->stack;
	/* The values that `syscall` leaves in these two (Intel SDM vol. 2). */
	regs.rcx = regs.rip;
	regs.r11 = regs.eflags;
	thread = uk_thread_create(uk_process_current(), &regs);
	if (!thread)
		return -EAGAIN;
	memcpy(thread->name, uk_thread_current()->name, sizeof(thread->name));
	thread->policy = uk_thread_current()->policy;
	thread->priority = uk_thread_current()->priority;
	thread->nice = uk_thread_current()->nice;
	thread->signal.blocked = uk_thread_current()->signal.blocked;
	thread->signal.altstack.ss_flags = SS_DISABLE;
	if (request->flags & CLONE_SETTLS)
		thread->sched.context.fs_base = request->tls;
	if (request->flags & CLONE_CHILD_CLEARTID)
		thread->clear_child_tid = request->child_tid;
	/* A bad address is not reported (Linux, kernel_clone(), schedule_tail()). */
	if (request->flags & CLONE_PARENT_SETTID)
		(void)!copy_to_user(request->parent_tid, &thread->tid, sizeof(thread->tid));
	if (request->flags & CLONE_CHILD_SETTID)
		(void)!copy_to_user(request->child_tid, &thread->tid, sizeof(thread->tid));
	uk_thread_start(thread);
	return thread->tid;
}

UK_SYSCALL_PARTIAL(clone, "only threads; ENOSYS for processes");
UK_LLSYSCALL_R_E_DEFINE(long, clone, unsigned long, flags, void *, stack, int *, parent_tid, int *,
			child_tid, unsigned long, tls)
{
	const struct request request = {
		.flags = (u32)flags & ~(u64)CSIGNAL,
		.stack = (u64)stack,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.tls = tls,
	};

	return clone_thread(execenv, &request);
}

/* 0, -EFAULT, -E2BIG: unknown fields must be 0. */
static int read_arguments(struct clone_args *arguments, const char __user *user, size_t size)
{
	size_t known = MIN(size, sizeof(*arguments));
	char rest[64];

	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > UK_PAGE_SIZE)
		return -E2BIG;
	*arguments = (struct clone_args){0};
	if (copy_from_user(arguments, user, known))
		return -EFAULT;
	for (size_t at = known; at < size; at += sizeof(rest)) {
		size_t part = MIN(size - at, sizeof(rest));

		if (copy_from_user(rest, user + at, part))
			return -EFAULT;
		for (size_t i = 0; i < part; i++) {
			if (rest[i])
				return -E2BIG;
		}
	}
	return 0;
}

UK_SYSCALL_PARTIAL(clone3, "like clone; no set_tid, no cgroup");
UK_LLSYSCALL_R_E_DEFINE(long, clone3, struct clone_args *, cl_args, size_t, size)
{
	struct clone_args arguments;
	struct request request;
	int error = read_arguments(&arguments, (const char *)cl_args, size);

	if (error)
		return error;
	if (!arguments.stack != !arguments.stack_size || arguments.set_tid_size ||
	    arguments.flags & (CLONE_DETACHED | CSIGNAL) || arguments.exit_signal > _NSIG ||
	    (arguments.flags & CLONE_THREAD && arguments.exit_signal))
		return -EINVAL;
	request = (struct request){
		.flags = arguments.flags,
		.stack = arguments.stack + arguments.stack_size,
		.parent_tid = (pid_t *)arguments.parent_tid,
		.child_tid = (pid_t *)arguments.child_tid,
		.tls = arguments.tls,
	};
	return clone_thread(execenv, &request);
}

UK_LLSYSCALL_R_DEFINE(int, set_tid_address, int *, tidptr)
{
	uk_thread_current()->clear_child_tid = tidptr;
	return uk_thread_current()->tid;
}

static void tell_end(int __user *address)
{
	const int none = 0;
	struct uk_futex_word word;

	if (!address || copy_to_user(address, &none, sizeof(none)) ||
	    uk_futex_word((u32 __user *)address, true, &word))
		return;
	(void)uk_futex_wake(&word.key, 1, FUTEX_BITSET_MATCH_ANY);
}

/* The last thread ends the process, with its status (Linux, synchronize_group_exit()). */
UK_LLSYSCALL_R_DEFINE(int, exit, int, status)
{
	if (uk_process_is_last_thread(uk_process_current()))
		uk_process_exit(status & 0xff, 0);
	uk_futex_thread_ends();
	tell_end(uk_thread_current()->clear_child_tid);
	uk_thread_end();
	return 0;
}

UK_LLSYSCALL_R_DEFINE(int, exit_group, int, status)
{
	uk_process_exit(status & 0xff, 0);
}
