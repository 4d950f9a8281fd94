/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting and waking. Nothing runs between reading a word and waiting, because the kernel is not
 * preemptible. */
#include <uk/clock.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "waiter.h"

/* Set in a key that is a physical address. */
#define KEY_SHARED (1UL << 63)

struct waiter *waiters[BUCKETS];

int uk_futex_key(const u32 __user *address, bool shared, u64 *key)
{
	uintptr_t page = ALIGN_DOWN((uintptr_t)address, UK_PAGE_SIZE);
	const struct uk_vma *vma;
	u32 value;

	if (!IS_ALIGNED((uintptr_t)address, sizeof(value)))
		return -EINVAL;
	*key = (u64)address;
	if (!shared)
		return uk_access_ok(address, sizeof(value)) ? 0 : -EFAULT;
	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	vma = uk_mm_find(uk_mm_current(), (uintptr_t)address);
	if (vma && vma->flags & UK_VMA_SHARED)
		*key = KEY_SHARED | (ukplat_page_query(uk_mm_current()->space, page, NULL).frame +
				     ((u64)address - page));
	return 0;
}

struct waiter **waiter_bucket(u64 key)
{
	return &waiters[(key >> 2 ^ key >> 8 ^ key >> 16) % BUCKETS];
}

static void append(struct waiter *waiter)
{
	struct waiter **link = waiter_bucket(waiter->key);

	while (*link)
		link = &(*link)->next;
	waiter->next = NULL;
	*link = waiter;
}

static void remove(struct waiter *waiter)
{
	struct waiter **link = waiter_bucket(waiter->key);

	while (*link != waiter)
		link = &(*link)->next;
	*link = waiter->next;
}

int waiter_wait(struct waiter *waiter, clockid_t clock, s64 deadline)
{
	int error = 0;

	waiter->thread = uk_thread_current();
	waiter->woken = false;
	append(waiter);
	while (!waiter->woken && !error) {
		u64 until = UINT64_MAX;

		if (deadline != INT64_MAX) {
			s64 left = deadline - uk_clock_read(clock);

			if (left <= 0)
				error = -ETIMEDOUT;
			until = ukplat_monotonic_ns() + (u64)left;
		}
		if (uk_signal_pending())
			error = -EINTR;
		/* uk_signal_pending() has also run the timers; another thread may have got their
		 * signals. */
		if (!error)
			uk_sched_sleep(until);
	}
	if (waiter->woken)
		return 0;
	remove(waiter);
	return error;
}

void waiter_wake(struct waiter **link)
{
	struct waiter *waiter = *link;

	*link = waiter->next;
	waiter->woken = true;
	uk_sched_wake(waiter->thread);
}

int uk_futex_wait(const u32 __user *address, u64 key, u32 expected, u32 bitset, clockid_t clock,
		  s64 deadline)
{
	struct waiter waiter = {.key = key, .bitset = bitset};
	u32 value;

	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	return value == expected ? waiter_wait(&waiter, clock, deadline) : -EAGAIN;
}

int uk_futex_wake(u64 key, int count, u32 bitset)
{
	struct waiter **link = waiter_bucket(key);
	int woken = 0;

	while (*link && woken < count) {
		if ((*link)->key == key && (*link)->bitset & bitset && !(*link)->lock) {
			waiter_wake(link);
			woken++;
		} else {
			link = &(*link)->next;
		}
	}
	return woken;
}

int uk_futex_requeue(u64 key, int count, u64 target, int move)
{
	struct waiter **link = waiter_bucket(key);
	int woken = uk_futex_wake(key, count, FUTEX_BITSET_MATCH_ANY), moved = 0;

	while (*link && moved < move && key != target) {
		struct waiter *waiter = *link;

		if (waiter->key == key && !waiter->lock) {
			*link = waiter->next;
			waiter->key = target;
			append(waiter);
			moved++;
		} else {
			link = &waiter->next;
		}
	}
	return woken + moved;
}
