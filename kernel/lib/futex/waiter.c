/* SPDX-License-Identifier: BSD-3-Clause */
/* The queues of waiting threads. Nothing runs between reading a word and waiting, because the
 * kernel is not preemptible. */
#include <uk/clock.h>
#include <uk/errno.h>

#include "waiter.h"

#define BUCKETS 256

static struct waiter_bucket buckets[BUCKETS]; /* hashed by key */

static struct waiter_bucket *bucket_of(const struct uk_futex_key *key)
{
	u64 bits = key->offset ^ key->object >> 4;

	return &buckets[(bits >> 2 ^ bits >> 10 ^ bits >> 18) % BUCKETS];
}

void waiter_append(struct waiter *waiter)
{
	struct waiter_bucket *bucket = bucket_of(&waiter->key);

	waiter->next = NULL;
	waiter->previous = bucket->last;
	if (bucket->last)
		bucket->last->next = waiter;
	else
		bucket->first = waiter;
	bucket->last = waiter;
}

void waiter_remove(struct waiter *waiter)
{
	struct waiter_bucket *bucket = bucket_of(&waiter->key);

	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		bucket->first = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	else
		bucket->last = waiter->previous;
}

struct waiter *waiter_next(const struct uk_futex_key *key, const struct waiter *after)
{
	struct waiter *waiter = after ? after->next : bucket_of(key)->first;

	while (waiter && !same_key(&waiter->key, key))
		waiter = waiter->next;
	return waiter;
}

void waiter_wake(struct waiter *waiter)
{
	waiter_remove(waiter);
	waiter->woken = true;
	uk_sched_wake(waiter->thread);
}

int waiter_wait(struct waiter *waiter, clockid_t clock, s64 deadline)
{
	int error = 0;

	while (!waiter->woken && !error) {
		u64 until = UINT64_MAX;

		if (deadline != INT64_MAX) {
			s64 left = deadline - uk_clock_read(clock);

			if (left <= 0)
				error = -ETIMEDOUT;
			until = ukplat_monotonic_ns() + (u64)left;
		}
		/* This also runs timers, which may let another thread run that wakes this one. */
		if (uk_signal_pending())
			error = -EINTR;
		if (!error)
			uk_sched_sleep(until);
	}
	if (waiter->woken)
		return 0;
	waiter_remove(waiter);
	return error;
}
