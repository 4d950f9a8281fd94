/* SPDX-License-Identifier: BSD-3-Clause */
/* FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI: a condition variable whose waiters are moved to
 * the lock that they need next (Linux, kernel/futex/requeue.c). */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "waiter.h"

int uk_futex_wait_for_lock(const struct uk_futex_word *word, const struct uk_futex_word *lock,
			   u32 expected, clockid_t clock, s64 deadline)
{
	struct waiter waiter = {
		.key = word->key,
		.thread = uk_thread_current(),
		.target = lock,
	};
	u32 value;
	int error;

	if (copy_from_user(&value, word->address, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	if (same_key(&word->key, &lock->key))
		return -EINVAL;
	waiter_append(&waiter);
	error = waiter_wait(&waiter, clock, deadline);
	if (!error || !waiter.lock)
		return error;
	lock_detach(&waiter);
	/* A restart would find another value in the word (Linux, futex_wait_requeue_pi()). */
	return error == -EINTR ? -EAGAIN : error;
}

/* Whether the waiter waits to be moved to this lock. */
static bool is_expected(const struct waiter *waiter, const struct uk_futex_word *lock)
{
	return waiter->target && !waiter->lock && same_key(&waiter->target->key, &lock->key);
}

/* Moves a waiter of a word to the lock. */
static int move_to(struct uk_futex_lock *lock, struct waiter *waiter)
{
	if (lock_is_deadlock(lock, waiter->thread))
		return -EDEADLK;
	waiter_remove(waiter);
	lock_attach(lock, waiter);
	return 0;
}

int uk_futex_requeue_to_lock(const struct uk_futex_word *word, const struct uk_futex_word *target,
			     int move, u32 expected)
{
	struct waiter *waiter, *next;
	struct uk_futex_lock *lock;
	int done = 0, error = 0;
	u32 value;

	if (same_key(&word->key, &target->key))
		return -EINVAL;
	if (copy_from_user(&value, word->address, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	if (copy_from_user(&value, target->address, sizeof(value)))
		return -EFAULT;
	waiter = waiter_next(&word->key, NULL);
	if (!waiter)
		return 0;
	if (!is_expected(waiter, target))
		return -EINVAL;
	error = lock_take(target, waiter->thread, move != 0, &lock);
	if (error < 0)
		return error;
	if (error == 1) {
		next = waiter_next(&word->key, waiter);
		waiter_wake(waiter);
		waiter = next;
		done = 1;
		error = 0;
	}
	/* As Linux: one more than `move` if the first one did not get the lock. */
	for (; waiter && !error && done - 1 < move; waiter = next) {
		next = waiter_next(&word->key, waiter);
		error = is_expected(waiter, target) ? move_to(lock, waiter) : -EINVAL;
		done += !error;
	}
	if (lock)
		lock_drop(lock);
	return error ? error : done;
}
