/* SPDX-License-Identifier: BSD-3-Clause */
/* futex(2) and the robust lists of threads. */
#include <uk/clock.h>
#include <uk/futex.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>

#define ABSOLUTE true
#define RELATIVE false

/* Reads the timeout; INT64_MAX without one. 0, -EFAULT, -EINVAL. */
static int read_deadline(const struct timespec __user *timeout, clockid_t clock, bool absolute,
			 s64 *deadline)
{
	int error;

	*deadline = INT64_MAX;
	if (!timeout)
		return 0;
	error = uk_user_timespec(timeout, deadline);
	if (error)
		return error;
	if (!absolute && __builtin_add_overflow(*deadline, uk_clock_read(clock), deadline))
		*deadline = INT64_MAX;
	return 0;
}

/* With a relative timeout the call is not restarted (signal(7)). */
static long futex_wait(u32 __user *address, bool shared, u32 expected, u32 bitset, clockid_t clock,
		       s64 deadline)
{
	struct uk_futex_word word;
	int error;

	if (!bitset)
		return -EINVAL;
	error = uk_futex_word(address, shared, &word);
	if (!error)
		error = uk_futex_wait(&word, expected, bitset, clock, deadline);
	return error == -EINTR && deadline == INT64_MAX ? -UK_ERESTART : error;
}

static long futex_wake(u32 __user *address, bool shared, int count, u32 bitset)
{
	struct uk_futex_word word;
	int error;

	if (!bitset)
		return -EINVAL;
	error = uk_futex_word(address, shared, &word);
	return error ? error : uk_futex_wake(&word.key, count, bitset);
}

/* The words of a call with two. */
static int read_words(u32 __user *address, u32 __user *other, bool shared,
		      struct uk_futex_word words[2])
{
	int error = uk_futex_word(address, shared, &words[0]);

	return error ? error : uk_futex_word(other, shared, &words[1]);
}

static long futex_requeue(u32 __user *address, u32 __user *target, bool shared, int count, int move,
			  const u32 *expected)
{
	struct uk_futex_word words[2];
	int error;

	if (count < 0 || move < 0)
		return -EINVAL;
	error = read_words(address, target, shared, words);
	return error ? error : uk_futex_requeue(&words[0], &words[1].key, count, move, expected);
}

static long futex_requeue_pi(u32 __user *address, u32 __user *target, bool shared, int count,
			     int move, u32 expected)
{
	struct uk_futex_word words[2];
	int error;

	if (count != 1 || move < 0 || address == target)
		return -EINVAL;
	error = read_words(address, target, shared, words);
	return error ? error : uk_futex_requeue_to_lock(&words[0], &words[1], move, expected);
}

static long futex_wait_requeue_pi(u32 __user *address, u32 __user *target, bool shared,
				  u32 expected, clockid_t clock, s64 deadline)
{
	struct uk_futex_word words[2];
	int error;

	if (address == target)
		return -EINVAL;
	/* In the order of Linux, which looks for the second word first. */
	error = uk_futex_word(target, shared, &words[1]);
	if (!error)
		error = uk_futex_word(address, shared, &words[0]);
	if (!error)
		error = uk_futex_wait_for_lock(&words[0], &words[1], expected, clock, deadline);
	return error == -EINTR ? -UK_ERESTART_ALWAYS : error;
}

static long futex_wake_op(u32 __user *address, u32 __user *target, bool shared, int count,
			  int target_count, u32 operation)
{
	struct uk_futex_word words[2];
	int error = read_words(address, target, shared, words);

	return error ? error
		     : uk_futex_wake_op(&words[0].key, count, &words[1], target_count, operation);
}

static long futex_lock(u32 __user *address, bool shared, bool try, clockid_t clock, s64 deadline)
{
	struct uk_futex_word word;
	int error = uk_futex_word(address, shared, &word);

	if (!error)
		error = uk_futex_lock(&word, try, clock, deadline);
	return error == -EINTR ? -UK_ERESTART_ALWAYS : error;
}

/* Like Linux, which looks at the value first. */
static long futex_unlock(u32 __user *address, bool shared)
{
	struct uk_futex_word word;
	u32 value;
	int error;

	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) != (u32)uk_thread_current()->tid)
		return -EPERM;
	error = uk_futex_word(address, shared, &word);
	return error ? error : uk_futex_unlock(&word);
}

static bool takes_realtime(int operation)
{
	return operation == FUTEX_WAIT_BITSET || operation == FUTEX_WAIT_REQUEUE_PI ||
	       operation == FUTEX_LOCK_PI2;
}

/* Reads the timeout of an operation that has one; otherwise the argument is something else. */
static int read_timeout(int operation, const struct timespec __user *timeout, clockid_t clock,
			s64 *deadline)
{
	switch (operation) {
	case FUTEX_WAIT:
		return read_deadline(timeout, clock, RELATIVE, deadline);
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return read_deadline(timeout, clock, ABSOLUTE, deadline);
	default:
		*deadline = INT64_MAX;
		return 0;
	}
}

UK_SYSCALL_PARTIAL(futex, "there are no priorities to inherit");
UK_LLSYSCALL_R_DEFINE(long, futex, u32 *, uaddr, int, futex_op, u32, val, const struct timespec *,
		      timeout, u32 *, uaddr2, u32, val3)
{
	int operation = futex_op & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	bool realtime = futex_op & FUTEX_CLOCK_REALTIME;
	clockid_t clock = realtime || operation == FUTEX_LOCK_PI ? CLOCK_REALTIME : CLOCK_MONOTONIC;
	bool shared = !(futex_op & FUTEX_PRIVATE_FLAG);
	int val2 = (int)(uintptr_t)timeout;
	s64 deadline;
	int error = read_timeout(operation, timeout, clock, &deadline);

	if (error)
		return error;
	if (realtime && !takes_realtime(operation))
		return -ENOSYS;
	switch (operation) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, shared, val, FUTEX_BITSET_MATCH_ANY, clock, deadline);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, val3, clock, deadline);
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
	case FUTEX_LOCK_PI2:
		return futex_lock(uaddr, shared, false, clock, deadline);
	case FUTEX_TRYLOCK_PI:
		return futex_lock(uaddr, shared, true, clock, deadline);
	case FUTEX_UNLOCK_PI:
		return futex_unlock(uaddr, shared);
	case FUTEX_WAIT_REQUEUE_PI:
		return futex_wait_requeue_pi(uaddr, uaddr2, shared, val, clock, deadline);
	case FUTEX_CMP_REQUEUE_PI:
		return futex_requeue_pi(uaddr, uaddr2, shared, (int)val, val2, val3);
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
