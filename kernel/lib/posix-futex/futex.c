/* SPDX-License-Identifier: BSD-3-Clause */
/* futex(2) and the robust lists of threads. */
#include <uk/clock.h>
#include <uk/futex.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#define ABSOLUTE true
#define RELATIVE false

/* Reads the timeout; INT64_MAX without one. 0, -EFAULT, -EINVAL. */
static int read_deadline(const struct timespec __user *timeout, clockid_t clock, bool absolute,
			 s64 *deadline)
{
	struct timespec time;

	*deadline = INT64_MAX;
	if (!timeout)
		return 0;
	if (copy_from_user(&time, timeout, sizeof(time)))
		return -EFAULT;
	if (uk_timespec_to_ns(&time, deadline))
		return -EINVAL;
	if (!absolute && __builtin_add_overflow(*deadline, uk_clock_read(clock), deadline))
		*deadline = INT64_MAX;
	return 0;
}

static long futex_wait(const u32 __user *address, bool shared, u32 expected, u32 bitset,
		       clockid_t clock, bool absolute, const struct timespec __user *timeout)
{
	s64 deadline;
	u64 key;
	int error = read_deadline(timeout, clock, absolute, &deadline);

	if (error)
		return error;
	if (!bitset)
		return -EINVAL;
	error = uk_futex_key(address, shared, &key);
	if (error)
		return error;
	error = uk_futex_wait(address, key, expected, bitset, clock, deadline);
	/* With a relative timeout the call is not restarted (signal(7)). */
	return error == -EINTR && !timeout ? -UK_ERESTART : error;
}

static long futex_wake(const u32 __user *address, bool shared, int count, u32 bitset)
{
	u64 key;
	int error;

	if (!bitset)
		return -EINVAL;
	error = uk_futex_key(address, shared, &key);
	/* Like Linux, which checks the count after waking the first one. */
	return error ? error : uk_futex_wake(key, MAX(count, 1), bitset);
}

static long futex_requeue(const u32 __user *address, const u32 __user *target, bool shared,
			  int count, int move, const u32 *expected)
{
	u64 key, target_key;
	u32 value;
	int error;

	if (count < 0 || move < 0)
		return -EINVAL;
	error = uk_futex_key(address, shared, &key);
	if (!error)
		error = uk_futex_key(target, shared, &target_key);
	if (error)
		return error;
	if (expected) {
		if (copy_from_user(&value, address, sizeof(value)))
			return -EFAULT;
		if (value != *expected)
			return -EAGAIN;
	}
	return uk_futex_requeue(key, count, target_key, move);
}

static long futex_wake_op(const u32 __user *address, u32 __user *target, bool shared, int count,
			  int target_count, u32 operation)
{
	u64 key, target_key;
	int error = uk_futex_key(address, shared, &key);

	if (!error)
		error = uk_futex_key(target, shared, &target_key);
	if (error)
		return error;
	return uk_futex_wake_op(key, MAX(count, 1), target, target_key, MAX(target_count, 1),
				operation);
}

static long futex_lock(u32 __user *address, bool shared, bool try, clockid_t clock,
		       const struct timespec __user *timeout)
{
	s64 deadline = INT64_MAX;
	u64 key;
	int error = try ? 0 : read_deadline(timeout, clock, ABSOLUTE, &deadline);

	if (!error)
		error = uk_futex_key(address, shared, &key);
	if (error)
		return error;
	error = uk_futex_lock(address, key, try, clock, deadline);
	return error == -EINTR ? -UK_ERESTART : error;
}

UK_SYSCALL_PARTIAL(futex, "no FUTEX_WAIT_REQUEUE_PI; there are no priorities to inherit");
UK_LLSYSCALL_R_DEFINE(long, futex, u32 *, uaddr, int, futex_op, u32, val, const struct timespec *,
		      timeout, u32 *, uaddr2, u32, val3)
{
	clockid_t clock = futex_op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	int operation = futex_op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool shared = !(futex_op & FUTEX_PRIVATE_FLAG);
	int val2 = (int)(uintptr_t)timeout;
	u64 key;
	int error;

	if (futex_op & FUTEX_CLOCK_REALTIME && operation != FUTEX_WAIT_BITSET &&
	    operation != FUTEX_LOCK_PI2)
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, shared, val, FUTEX_BITSET_MATCH_ANY, clock, RELATIVE,
				  timeout);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, val3, clock, ABSOLUTE, timeout);
	case FUTEX_WAKE:
		return futex_wake(uaddr, shared, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, (int)val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, shared, (int)val, val2, val3);
	case FUTEX_LOCK_PI:
		return futex_lock(uaddr, shared, false, CLOCK_REALTIME, timeout);
	case FUTEX_LOCK_PI2:
		return futex_lock(uaddr, shared, false, clock, timeout);
	case FUTEX_TRYLOCK_PI:
		return futex_lock(uaddr, shared, true, clock, NULL);
	case FUTEX_UNLOCK_PI:
		error = uk_futex_key(uaddr, shared, &key);
		return error ? error : uk_futex_unlock(uaddr, key);
	default:
		return -ENOSYS;
	}
}

UK_LLSYSCALL_R_DEFINE(long, set_robust_list, void *, head, size_t, len)
{
	if (len != sizeof(struct robust_list_head))
		return -EINVAL;
	uk_thread_current()->robust_list = head;
	return 0;
}

UK_LLSYSCALL_R_DEFINE(long, get_robust_list, int, pid, void **, head_ptr, size_t *, len_ptr)
{
	const size_t size = sizeof(struct robust_list_head);
	const struct uk_thread *thread = pid ? uk_thread_find(pid) : uk_thread_current();

	if (!thread)
		return -ESRCH;
	if (copy_to_user(len_ptr, &size, sizeof(size)))
		return -EFAULT;
	return copy_to_user(head_ptr, &thread->robust_list, sizeof(thread->robust_list));
}
