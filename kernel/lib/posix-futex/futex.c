/* SPDX-License-Identifier: BSD-3-Clause */
/* futex(2) for one thread: nobody else can wake a waiter, so a wait ends by time or by signal. */
#include <uk/clock.h>
#include <uk/linux/futex.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#define ROBUST_LIST_HEAD_SIZE 24 /* uapi: struct robust_list_head */

static int wait_for_nobody(void)
{
	while (!uk_signal_pending())
		uk_clock_wait(UINT64_MAX);
	return -UK_ERESTART;
}

/* Linux looks at the page of a futex that processes may share, to know it by its frame; a private
 * one is known by its address alone. */
static int check_word(const u32 __user *address, bool shared)
{
	u32 value;

	if (!IS_ALIGNED((uintptr_t)address, sizeof(value)))
		return -EINVAL;
	if (shared)
		return copy_from_user(&value, address, sizeof(value));
	return uk_access_ok(address, sizeof(value)) ? 0 : -EFAULT;
}

static long futex_wait(const u32 __user *address, u32 expected, clockid_t clock, bool absolute,
		       const struct timespec __user *timeout)
{
	struct timespec time;
	s64 deadline = INT64_MAX;
	u32 value;
	int error;

	if (timeout) {
		if (copy_from_user(&time, timeout, sizeof(time)))
			return -EFAULT;
		if (uk_timespec_to_ns(&time, &deadline))
			return -EINVAL;
		if (!absolute && __builtin_add_overflow(deadline, uk_clock_read(clock), &deadline))
			deadline = INT64_MAX;
	}
	if (!IS_ALIGNED((uintptr_t)address, sizeof(u32)))
		return -EINVAL;
	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	if (!timeout)
		return wait_for_nobody();
	error = uk_clock_sleep(clock, deadline);
	return error ? error : -ETIMEDOUT;
}

UK_SYSCALL_PARTIAL(futex,
		   "for one thread, whom nobody wakes; no FUTEX_WAKE_OP, no priority inheritance");
UK_LLSYSCALL_R_DEFINE(long, futex, u32 *, uaddr, int, futex_op, u32, val, const struct timespec *,
		      timeout, u32 *, uaddr2, u32, val3)
{
	clockid_t clock = futex_op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	int operation = futex_op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool shared = !(futex_op & FUTEX_PRIVATE_FLAG);
	int count = (int)(uintptr_t)timeout, error;
	u32 value;

	if (futex_op & FUTEX_CLOCK_REALTIME && operation != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, val, clock, false, timeout);
	case FUTEX_WAIT_BITSET:
		return val3 ? futex_wait(uaddr, val, clock, true, timeout) : -EINVAL;
	case FUTEX_WAKE_BITSET:
		return val3 ? check_word(uaddr, shared) : -EINVAL;
	case FUTEX_WAKE:
		return check_word(uaddr, shared);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
		if ((int)val < 0 || count < 0)
			return -EINVAL;
		error = check_word(uaddr, shared);
		if (!error)
			error = check_word(uaddr2, shared);
		if (error || operation == FUTEX_REQUEUE)
			return error;
		if (copy_from_user(&value, uaddr, sizeof(value)))
			return -EFAULT;
		return value == val3 ? 0 : -EAGAIN;
	default:
		return -ENOSYS;
	}
}

UK_LLSYSCALL_R_DEFINE(long, set_robust_list, void *, head, size_t, len)
{
	if (len != ROBUST_LIST_HEAD_SIZE)
		return -EINVAL;
	uk_thread_current()->robust_list = head;
	return 0;
}

UK_LLSYSCALL_R_DEFINE(long, get_robust_list, int, pid, void **, head_ptr, size_t *, len_ptr)
{
	const size_t size = ROBUST_LIST_HEAD_SIZE;
	void __user *head = uk_thread_current()->robust_list;

	if (pid != 0 && pid != UK_PROCESS_ID)
		return -ESRCH;
	if (copy_to_user(len_ptr, &size, sizeof(size)))
		return -EFAULT;
	return copy_to_user(head_ptr, &head, sizeof(head));
}
