/* SPDX-License-Identifier: BSD-3-Clause */
/* A waiting thread; stored on its stack. */
#ifndef FUTEX_WAITER_H
#define FUTEX_WAITER_H

#include <uk/futex.h>
#include <uk/thread.h>

struct waiter {
	u64 key;
	u32 bitset;
	u32 __user *lock; /* FUTEX_LOCK_PI: the word; else NULL */
	struct uk_thread *thread;
	struct waiter *next;
	bool woken;
};

#define BUCKETS 64
extern struct waiter *waiters[BUCKETS]; /* hashed by key; in order of arrival */

struct waiter **waiter_bucket(u64 key);
/* Adds the waiter to its bucket and waits until it is woken: 0, -ETIMEDOUT, -EINTR. */
int waiter_wait(struct waiter *waiter, clockid_t clock, s64 deadline);
/* Removes the waiter at link from its bucket and makes its thread ready. */
void waiter_wake(struct waiter **link);

#endif
