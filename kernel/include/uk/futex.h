/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting on words of the program: futex(2). The mechanism below posix-futex; the errors are those
 * of Linux 6.18 (kernel/futex). */
#ifndef UK_FUTEX_H
#define UK_FUTEX_H

#include <uk/linux/futex.h>
#include <uk/linux/time.h>
#include <uk/types.h>

struct uk_thread;

/* What identifies a word. Private and shared futexes are different, even at the same address. */
struct uk_futex_key {
	u64 object, offset;
};

/* A word of the program. */
struct uk_futex_word {
	u32 __user *address;
	struct uk_futex_key key;
};

/* Computes the key of a word: its address, or, for a futex that is not private in memory that is
 * mapped shared, its location in the file or in memory. 0; -EINVAL (not aligned), -EFAULT. */
int uk_futex_word(u32 __user *address, bool shared, struct uk_futex_word *word);

/*
 * Waits while the word has the expected value, until a wake with a common bit. deadline: of the
 * clock, INT64_MAX for none. 0; -EAGAIN (another value), -EFAULT, -ETIMEDOUT, -EINTR (a signal is
 * pending).
 */
int uk_futex_wait(const struct uk_futex_word *word, u32 expected, u32 bitset, clockid_t clock,
		  s64 deadline);
/* Wakes up to count waiters, at least one, in the order of their arrival. Returns their number, or
 * -EINVAL: one of them waits for a lock. */
int uk_futex_wake(const struct uk_futex_key *key, int count, u32 bitset);
/* FUTEX_WAKE_OP: changes the word target by the encoded operation, then wakes up to count
 * waiters of key and, if the operation's comparison held for the old word, up to target_count of
 * the target. Returns their number; -EFAULT, -ENOSYS (no such operation or comparison), -EINVAL as
 * above. */
int uk_futex_wake_op(const struct uk_futex_key *key, int count, const struct uk_futex_word *target,
		     int target_count, u32 encoded);
/* Wakes up to count waiters and moves up to move others to target. expected: NULL, or the value
 * that the word must have. Returns the sum of both; -EAGAIN (another value), -EFAULT, -EINVAL: one
 * of them waits for a lock, or was to move to one. */
int uk_futex_requeue(const struct uk_futex_word *word, const struct uk_futex_key *target, int count,
		     int move, const u32 *expected);

/*
 * Locks whose word holds the owner's number (FUTEX_LOCK_PI). There are no priorities to inherit;
 * the thread that has waited longest gets the lock.
 *
 * lock: 0, -EDEADLK, -ESRCH (no such owner), -EFAULT, -ENOMEM, -ETIMEDOUT, -EINTR, -EINVAL (the
 * word contradicts what the kernel knows), with try -EAGAIN. unlock: 0, -EPERM (not the owner),
 * -EFAULT, -EINVAL as above, or waiters that do not wait for a lock.
 */
int uk_futex_lock(const struct uk_futex_word *word, bool try, clockid_t clock, s64 deadline);
int uk_futex_unlock(const struct uk_futex_word *word);

/* FUTEX_WAIT_REQUEUE_PI: waits for word like uk_futex_wait(), until uk_futex_requeue_to_lock()
 * moves the thread to the lock; then for the lock. 0: the thread has the lock. Otherwise as
 * uk_futex_wait(), -EAGAIN also if a signal interrupts the wait for the lock; -EINVAL (the two are
 * the same word). */
int uk_futex_wait_for_lock(const struct uk_futex_word *word, const struct uk_futex_word *lock,
			   u32 expected, clockid_t clock, s64 deadline);
/* FUTEX_CMP_REQUEUE_PI: gives the lock to the first waiter if it is free, and makes up to move
 * other ones wait for it. Returns the number of threads; errors of uk_futex_requeue() and
 * uk_futex_lock(). */
int uk_futex_requeue_to_lock(const struct uk_futex_word *word, const struct uk_futex_word *lock,
			     int move, u32 expected);

/* The running thread ends: releases its robust list (get_robust_list(2)) and its locks, and tells
 * its end to whoever shares its memory (set_tid_address(2)). */
void uk_futex_thread_ends(void);

#endif
