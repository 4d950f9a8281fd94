/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting on words of the program: futex(2). Mechanism below posix-futex. */
#ifndef UK_FUTEX_H
#define UK_FUTEX_H

#include <uk/linux/futex.h>
#include <uk/linux/time.h>
#include <uk/types.h>

struct uk_thread;

/* What a word is known by: its address, or where it lies in memory that is mapped shared, which
 * only a futex that is not private asks for. 0; -EINVAL (not aligned), -EFAULT. */
int uk_futex_key(const u32 __user *address, bool shared, u64 *key);

/*
 * Waits while the word is expected, until a wake with a common bit. deadline: of the clock,
 * INT64_MAX for none. 0; -EAGAIN (another value), -EFAULT, -ETIMEDOUT, -EINTR (a signal waits).
 */
int uk_futex_wait(const u32 __user *address, u64 key, u32 expected, u32 bitset, clockid_t clock,
		  s64 deadline);
/* Wakes up to count of those that wait, in the order in which they came. How many. */
int uk_futex_wake(u64 key, int count, u32 bitset);
/* FUTEX_WAKE_OP: changes the word at target as the encoded operation says, then wakes up to count
 * of key's and, if the operation's comparison held for the old word, up to target_count of
 * target_key's. How many; -EFAULT, -ENOSYS (no such operation or comparison). */
int uk_futex_wake_op(u64 key, int count, u32 __user *target, u64 target_key, int target_count,
		     u32 encoded);
/* Wakes up to count and makes up to move others wait for target. How many both were. */
int uk_futex_requeue(u64 key, int count, u64 target, int move);

/*
 * Locks whose word holds the owner's number (FUTEX_LOCK_PI). There are no priorities to inherit;
 * the unlock hands the lock to who waits longest. lock: 0, -EDEADLK, -ESRCH (no such owner),
 * -EFAULT, -ETIMEDOUT, -EINTR, with try -EAGAIN. unlock: 0, -EPERM (not the owner), -EFAULT.
 */
int uk_futex_lock(u32 __user *address, u64 key, bool try, clockid_t clock, s64 deadline);
int uk_futex_unlock(u32 __user *address, u64 key);

/* The running thread ends: its robust list (get_robust_list(2)) and its locks. */
void uk_futex_thread_ends(void);

#endif
