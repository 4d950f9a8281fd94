/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting and waking: Linux, kernel/futex/waitwake.c and requeue.c. */
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/uaccess.h>

#include "waiter.h"

/* Bits of a key's object: which kind of object it is the address of. */
#define KEY_SHARED 1UL /* an address space, for a futex that is not private */
#define KEY_FILE   2UL /* a vnode */
#define KEY_FRAMES 3UL /* none: the offset is a physical address */

static int shared_key(const u32 __user *address, struct uk_futex_key *key)
{
	struct uk_mm *mm = uk_mm_current();
	uintptr_t page = ALIGN_DOWN((uintptr_t)address, UK_PAGE_SIZE);
	const struct uk_vma *vma;
	u32 value;

	/* The page is present afterwards. */
	if (copy_from_user(&value, address, sizeof(value)))
		return -EFAULT;
	vma = uk_mm_find(mm, (uintptr_t)address);
	if (!vma || !(vma->flags & UK_VMA_SHARED))
		*key = (struct uk_futex_key){(u64)mm | KEY_SHARED, (u64)address};
	else if (vma->source.file)
		*key = (struct uk_futex_key){(u64)vma->source.file->vnode | KEY_FILE,
					     vma->source.offset + (u64)address - vma->start};
	else
		*key = (struct uk_futex_key){KEY_FRAMES,
					     ukplat_page_query(mm->space, page, NULL).frame +
						     ((u64)address - page)};
	return 0;
}

int uk_futex_word(u32 __user *address, bool shared, struct uk_futex_word *word)
{
	word->address = address;
	if (!IS_ALIGNED((uintptr_t)address, sizeof(u32)))
		return -EINVAL;
	if (shared)
		return shared_key(address, &word->key);
	word->key = (struct uk_futex_key){(u64)uk_mm_current(), (u64)address};
	return uk_access_ok(address, sizeof(u32)) ? 0 : -EFAULT;
}

int uk_futex_wait(const struct uk_futex_word *word, u32 expected, u32 bitset, clockid_t clock,
		  s64 deadline)
{
	struct waiter waiter = {.key = word->key, .bitset = bitset, .thread = uk_thread_current()};
	u32 value;

	if (copy_from_user(&value, word->address, sizeof(value)))
		return -EFAULT;
	if (value != expected)
		return -EAGAIN;
	waiter_append(&waiter);
	return waiter_wait(&waiter, clock, deadline);
}

static bool waits_for_lock(const struct waiter *waiter)
{
	return waiter->lock || waiter->target;
}

int uk_futex_wake(const struct uk_futex_key *key, int count, u32 bitset)
{
	struct waiter *waiter = waiter_next(key, NULL), *next;
	int woken = 0;

	for (; waiter; waiter = next) {
		next = waiter_next(key, waiter);
		if (waits_for_lock(waiter))
			return -EINVAL;
		if (!(waiter->bitset & bitset))
			continue;
		waiter_wake(waiter);
		/* As Linux, which checks the count after waking the first one. */
		if (++woken >= count)
			break;
	}
	return woken;
}

int uk_futex_requeue(const struct uk_futex_word *word, const struct uk_futex_key *target, int count,
		     int move, const u32 *expected)
{
	struct waiter *waiter, *next;
	int done = 0;
	u32 value;

	if (expected) {
		if (copy_from_user(&value, word->address, sizeof(value)))
			return -EFAULT;
		if (value != *expected)
			return -EAGAIN;
	}
	for (waiter = waiter_next(&word->key, NULL); waiter && done - count < move; waiter = next) {
		next = waiter_next(&word->key, waiter);
		if (waits_for_lock(waiter))
			return -EINVAL;
		if (++done <= count) {
			waiter_wake(waiter);
		} else if (!same_key(&word->key, target)) {
			waiter_remove(waiter);
			waiter->key = *target;
			waiter_append(waiter);
		}
	}
	return done;
}
