/* SPDX-License-Identifier: BSD-3-Clause */
/* fork(2), vfork(2), clone(2), and the ends of threads and processes. */
#include <uk/fd_table.h>
#include <uk/linux/sched.h>
#include <uk/mm.h>
#include <uk/pidfd.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

/* What the threads of one process share here. */
#define FLAGS_SHARED  (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
/* Without effect here: nobody traces. */
#define FLAGS_IGNORED (CLONE_SYSVSEM | CLONE_DETACHED | CLONE_UNTRACED | CLONE_PTRACE | CLONE_IO)
#define FLAGS_KNOWN                                                                                \
	(FLAGS_SHARED | FLAGS_IGNORED | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |  \
	 CLONE_CHILD_CLEARTID | CLONE_PIDFD | CLONE_VFORK | CLONE_PARENT | CLONE_CLEAR_SIGHAND)

struct request {
	u64 flags;
	u64 stack; /* its stack pointer; 0: the caller's */
	pid_t __user *parent_tid, *child_tid;
	int __user *pidfd; /* CLONE_PIDFD */
	u64 tls;
	int exit_signal;
};

/* The errors of clone(2). */
static int check(const struct request *request)
{
	u64 flags = request->flags;

	if ((flags & CLONE_THREAD && !(flags & CLONE_SIGHAND)) ||
	    (flags & CLONE_SIGHAND && !(flags & CLONE_VM)) ||
	    (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	/* A process that is not a child of the first one's would not end with the machine. */
	if (flags & CLONE_PARENT && uk_process_is_first(uk_process_current()))
		return -EINVAL;
	/* A thread has no descriptor here. */
	if (flags & CLONE_PIDFD && flags & (CLONE_THREAD | CLONE_DETACHED))
		return -EINVAL;
	if (flags & CLONE_NAMESPACES)
		return -EPERM;
	if (flags & ~(u64)FLAGS_KNOWN)
		return -EINVAL;
	if (flags & CLONE_THREAD && (flags & FLAGS_SHARED) != FLAGS_SHARED)
		return -ENOSYS;
	/* Linux, ARCH_SET_FS in do_arch_prctl_64(). */
	return flags & CLONE_SETTLS && request->tls >= UK_TASK_SIZE ? -EPERM : 0;
}

static struct __regs first_registers(const struct __regs *caller, const struct request *request)
{
	struct __regs regs = *caller;

	regs.rret0 = 0;
	regs.orig_rax = ~0UL;
	if (request->stack)
		regs.rsp = request->stack;
	/* The values that `syscall` leaves in these two (Intel SDM vol. 2). */
	regs.rcx = regs.rip;
	regs.r11 = regs.eflags;
	return regs;
}

/* Writes the child's number to its own memory, which is another address space. */
static void put_child_tid(struct uk_thread *thread, pid_t __user *address)
{
	struct uk_mm *mm = thread->process->mm;

	/* A bad address is not reported (Linux, schedule_tail()). */
	if (mm == uk_mm_current())
		(void)!copy_to_user(address, &thread->tid, sizeof(thread->tid));
	else
		(void)uk_mm_write(mm, (uintptr_t)address, &thread->tid, sizeof(thread->tid));
}

static void set_up(struct uk_thread *thread, const struct request *request)
{
	if (request->flags & CLONE_SETTLS)
		thread->sched.context.fs_base = request->tls;
	if (request->flags & CLONE_CHILD_CLEARTID)
		thread->clear_child_tid = request->child_tid;
	/* A bad address is not reported (Linux, kernel_clone()). */
	if (request->flags & CLONE_PARENT_SETTID)
		(void)!copy_to_user(request->parent_tid, &thread->tid, sizeof(thread->tid));
	if (request->flags & CLONE_CHILD_SETTID)
		put_child_tid(thread, request->child_tid);
}

static long clone_thread(const struct __regs *regs, const struct request *request)
{
	struct uk_thread *self = uk_thread_current(), *thread;

	thread = uk_thread_create(uk_process_current(), regs);
	if (!thread)
		return -EAGAIN;
	memcpy(thread->name, self->name, sizeof(thread->name));
	thread->policy = self->policy;
	thread->priority = self->priority;
	thread->nice = self->nice;
	thread->signal.blocked = self->signal.blocked;
	thread->signal.altstack.ss_flags = SS_DISABLE;
	set_up(thread, request);
	uk_thread_start(thread);
	return thread->tid;
}

/* vfork(2): the caller waits until the child has a memory of its own, or ends. Only SIGKILL ends
 * the wait (Linux: TASK_KILLABLE). */
static void wait_for_child(struct uk_process *child, struct uk_process_vfork *vfork)
{
	const struct uk_thread *self = uk_thread_current();

	while (!vfork->is_over && !uk_thread_must_end(self) &&
	       !(uk_signal_waiting() & uk_signal_bit(SIGKILL)))
		uk_sched_sleep(UINT64_MAX);
	if (!vfork->is_over)
		child->vfork = NULL;
}

/* Stores a descriptor of the child, if the caller wants one. */
static int put_pidfd(struct uk_process *child, const struct request *request)
{
	int fd;

	if (!(request->flags & CLONE_PIDFD))
		return 0;
	fd = uk_pidfd_open(child, 0);
	if (fd < 0)
		return fd;
	if (!copy_to_user(request->pidfd, &fd, sizeof(fd)))
		return 0;
	uk_fd_close(fd);
	return -EFAULT;
}

static long clone_process(const struct __regs *regs, const struct request *request)
{
	struct uk_process_vfork vfork = {.parent = uk_thread_current()};
	struct uk_process *child;
	pid_t pid;
	int error = uk_process_create(request->flags, request->exit_signal, regs, &child);

	if (error)
		return error;
	error = put_pidfd(child, request);
	if (error) {
		uk_process_discard(child);
		return error;
	}
	set_up(child->threads, request);
	pid = child->pid;
	if (request->flags & CLONE_VFORK)
		child->vfork = &vfork;
	uk_process_start(child);
	if (request->flags & CLONE_VFORK)
		wait_for_child(child, &vfork);
	return pid;
}

static long do_clone(const struct __regs *caller, const struct request *request)
{
	const struct __regs regs = first_registers(caller, request);
	int error = check(request);

	if (error)
		return error;
	return request->flags & CLONE_THREAD ? clone_thread(&regs, request)
					     : clone_process(&regs, request);
}

UK_SYSCALL_PARTIAL(clone, "no namespaces; threads share everything");
UK_LLSYSCALL_R_E_DEFINE(long, clone, unsigned long, flags, void *, stack, int *, parent_tid, int *,
			child_tid, unsigned long, tls)
{
	const struct request request = {
		.flags = (u32)flags & ~(u64)CSIGNAL,
		.stack = (u64)stack,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.pidfd = parent_tid,
		.tls = tls,
		.exit_signal = (int)(flags & CSIGNAL),
	};

	if (flags & CLONE_PIDFD && flags & CLONE_PARENT_SETTID)
		return -EINVAL;
	return do_clone(execenv, &request);
}

UK_LLSYSCALL_R_E_DEFINE(long, fork)
{
	const struct request request = {.exit_signal = SIGCHLD};

	return do_clone(execenv, &request);
}

UK_LLSYSCALL_R_E_DEFINE(long, vfork)
{
	const struct request request = {.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD};

	return do_clone(execenv, &request);
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
	    arguments.flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NAMESPACES)) ||
	    arguments.exit_signal > _NSIG ||
	    (arguments.flags & (CLONE_THREAD | CLONE_PARENT) && arguments.exit_signal))
		return -EINVAL;
	request = (struct request){
		.flags = arguments.flags,
		.stack = arguments.stack + arguments.stack_size,
		.parent_tid = (pid_t *)arguments.parent_tid,
		.child_tid = (pid_t *)arguments.child_tid,
		.pidfd = (int *)arguments.pidfd,
		.tls = arguments.tls,
		.exit_signal = (int)arguments.exit_signal,
	};
	return do_clone(execenv, &request);
}

UK_LLSYSCALL_R_DEFINE(int, set_tid_address, int *, tidptr)
{
	uk_thread_current()->clear_child_tid = tidptr;
	return uk_thread_current()->tid;
}

/* The last thread ends the process, with its status (Linux, synchronize_group_exit()). */
UK_LLSYSCALL_R_DEFINE(int, exit, int, status)
{
	if (uk_process_is_last_thread(uk_process_current()))
		uk_signal_end_process(uk_process_current(), status & 0xff, 0);
	else
		uk_thread_end();
	return 0;
}

UK_LLSYSCALL_R_DEFINE(int, exit_group, int, status)
{
	uk_signal_end_process(uk_process_current(), status & 0xff, 0);
	return 0;
}
