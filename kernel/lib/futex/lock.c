/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks that the kernel hands over: FUTEX_LOCK_PI and FUTEX_UNLOCK_PI. */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "waiter.h"

static struct waiter **first_waiter(u64 key)
{
	struct waiter **link = waiter_bucket(key);

	while (*link && ((*link)->key != key || !(*link)->lock))
		link = &(*link)->next;
	return link;
}

/* Hands the lock to the thread that has waited longest, or frees it. */
static int hand_on(u32 __user *address, u64 key, u32 flags)
{
	struct waiter **link = first_waiter(key);
	u32 value = flags;

	if (*link) {
		struct waiter *next = *link;

		value |= (u32)next->thread->tid;
		waiter_wake(link);
		if (*first_waiter(key))
			value |= FUTEX_WAITERS;
	}
	return copy_to_user(address, &value, sizeof(value));
}

int uk_futex_lock(u32 __user *address, u64 key, bool try, clockid_t clock, s64 deadline)
{
	struct waiter waiter = {.key = key, .lock = address};
	u32 self = (u32)uk_thread_current()->tid, value;

	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	if (!(value & FUTEX_TID_MASK)) {
		value = self | (value & FUTEX_OWNER_DIED);
		if (*first_waiter(key))
			value |= FUTEX_WAITERS;
		return copy_to_user(address, &value, sizeof(value));
	}
	if ((value & FUTEX_TID_MASK) == self)
		return -EDEADLK;
	if (try)
		return -EAGAIN;
	if (!uk_thread_find((pid_t)(value & FUTEX_TID_MASK)))
		return -ESRCH;
	value |= FUTEX_WAITERS;
	if (copy_to_user(address, &value, sizeof(value)))
		return -EFAULT;
	return waiter_wait(&waiter, clock, deadline);
}

int uk_futex_unlock(u32 __user *address, u64 key)
{
	u32 value;

	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) != (u32)uk_thread_current()->tid)
		return -EPERM;
	return hand_on(address, key, 0);
}

/* Linux, exit_pi_state_list(). */
void futex_release_locks(void)
{
	for (unsigned int i = 0; i < BUCKETS; i++) {
		struct waiter *waiter = waiters[i];

		while (waiter) {
			u32 __user *address = waiter->lock;
			u64 key = waiter->key;
			u32 value;

			waiter = waiter->next;
			if (!address || copy_from_user(&value, address, sizeof(value)) ||
			    (value & FUTEX_TID_MASK) != (u32)uk_thread_current()->tid)
				continue;
			hand_on(address, key, FUTEX_OWNER_DIED);
			waiter = waiters[i];
		}
	}
}
