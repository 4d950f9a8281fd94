/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting on words of the program: futex(2). The mechanism below posix-futex. */
#ifndef UK_FUTEX_H
#define UK_FUTEX_H

#include <uk/linux/futex.h>
#include <uk/linux/time.h>
#include <uk/types.h>

struct uk_thread;

/* Computes the key of a word: its address, or, for a futex that is not private in memory that is
 * mapped shared, its physical location. 0; -EINVAL (not aligned), -EFAULT. */
int uk_futex_key(const u32 __user *address, bool shared, u64 *key);

/*
 * Waits while the word has the expected value, until a wake with a common bit. deadline: of the
 * clock, INT64_MAX for none. 0; -EAGAIN (another value), -EFAULT, -ETIMEDOUT, -EINTR (a signal is
 * pending).
 */
int uk_futex_wait(const u32 __user *address, u64 key, u32 expected, u32 bitset, clockid_t clock,
		  s64 deadline);
/* Wakes up to count waiters in the order of their arrival. Returns their number. */
int uk_futex_wake(u64 key, int count, u32 bitset);
/* FUTEX_WAKE_OP: changes the word at target by the encoded operation, then wakes up to count
 * waiters of key and, if the operation's comparison held for the old word, up to target_count of
 * target_key. Returns their number; -EFAULT, -ENOSYS (no such operation or comparison). */
int uk_futex_wake_op(u64 key, int count, u32 __user *target, u64 target_key, int target_count,
		     u32 encoded);
/* Wakes up to count waiters and moves up to move others to target. Returns the sum of both. */
int uk_futex_requeue(u64 key, int count, u64 target, int move);

/*
 * Locks whose word holds the owner's number (FUTEX_LOCK_PI). There are no priorities to inherit;
 * unlock hands the lock to the thread that has waited longest. lock: 0, -EDEADLK, -ESRCH (no such
 * owner), -EFAULT, -ETIMEDOUT, -EINTR, with try -EAGAIN. unlock: 0, -EPERM (not the owner),
 * -EFAULT.
 */
int uk_futex_lock(u32 __user *address, u64 key, bool try, clockid_t clock, s64 deadline);
int uk_futex_unlock(u32 __user *address, u64 key);

/* The running thread ends: releases its robust list (get_robust_list(2)) and its locks. */
void uk_futex_thread_ends(void);

#endif
