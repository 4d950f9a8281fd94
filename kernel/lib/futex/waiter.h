/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting threads and the locks that they wait for. */
#ifndef FUTEX_WAITER_H
#define FUTEX_WAITER_H

#include <uk/futex.h>
#include <uk/thread.h>

/* A waiting thread; stored on its stack. */
struct waiter {
	struct uk_futex_key key;
	u32 bitset;
	struct uk_thread *thread;
	struct uk_futex_lock *lock; /* that it waits for; NULL: it waits for the word */
	/* FUTEX_WAIT_REQUEUE_PI: the lock that it may be moved to; else NULL. */
	const struct uk_futex_word *target;
	struct waiter *next, *previous;
	bool woken;
};

struct waiter_bucket {
	struct waiter *first, *last; /* in order of arrival */
};

/* A lock that threads wait for: exists as long as they do (Linux, struct futex_pi_state). */
struct uk_futex_lock {
	struct uk_futex_word word;
	struct uk_thread *owner;
	unsigned int waiters;
	struct uk_futex_lock *next; /* of its owner */
};

static inline bool same_key(const struct uk_futex_key *a, const struct uk_futex_key *b)
{
	return a->object == b->object && a->offset == b->offset;
}

void waiter_append(struct waiter *waiter);
void waiter_remove(struct waiter *waiter);
/* The first waiter of a key after another one, or with NULL the first of all; NULL: no waiter. */
struct waiter *waiter_next(const struct uk_futex_key *key, const struct waiter *after);
/* Removes the waiter from its bucket and makes its thread ready. */
void waiter_wake(struct waiter *waiter);
/* Waits until the waiter, which is in its bucket, is woken: 0. -ETIMEDOUT, -EINTR: it is no longer
 * in the bucket. */
int waiter_wait(struct waiter *waiter, clockid_t clock, s64 deadline);

/*
 * Takes the lock for a thread, or finds what to wait for: 1 (taken), 0 with *lock, which has no
 * waiters yet if it is new, or an error of uk_futex_lock(). contended: others will wait for it, so
 * that *lock is set with 1 too.
 */
int lock_take(const struct uk_futex_word *word, struct uk_thread *thread, bool contended,
	      struct uk_futex_lock **lock);
/* Whether the lock belongs to the thread, or its owner waits for a lock that belongs to it, and so
 * on. */
bool lock_is_deadlock(const struct uk_futex_lock *lock, const struct uk_thread *thread);
/* Makes the waiter, which is in no bucket, wait for the lock. */
void lock_attach(struct uk_futex_lock *lock, struct waiter *waiter);
/* The waiter no longer waits for its lock. */
void lock_detach(struct waiter *waiter);
/* Frees a lock without waiters. */
void lock_drop(struct uk_futex_lock *lock);

#endif
