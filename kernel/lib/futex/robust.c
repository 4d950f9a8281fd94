/* SPDX-License-Identifier: BSD-3-Clause */
/* Locks whose owner has ended: Linux, Documentation/locking/robust-futexes.rst. */
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/uaccess.h>

#include "robust.h"
#include "waiter.h"

/* Linux, ROBUST_LIST_LIMIT: the list may be circular and not contain its head */
#define ENTRIES_MAX 2048
#define ENTRY_LOCK  1UL /* FUTEX_LOCK_PI */

static void wake_one(const struct uk_futex_word *word)
{
	(void)uk_futex_wake(&word->key, 1, FUTEX_BITSET_MATCH_ANY);
}

/* pending: the thread was about to take or to release the lock. False: it is not accessible. Only
 * waiters of shared futexes are woken, as on Linux. */
static bool release(uintptr_t address, bool lock, bool pending)
{
	struct uk_futex_word word;
	u32 value, new, owner;

	if (uk_futex_word((u32 __user *)address, true, &word) ||
	    copy_from_user(&value, word.address, sizeof(value)))
		return false;
	owner = value & FUTEX_TID_MASK;
	/* Released, but no thread has been woken yet. */
	if (pending && !lock && !owner)
		wake_one(&word);
	if (owner != (u32)uk_thread_current()->tid)
		return true;
	new = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	if (copy_to_user(word.address, &new, sizeof(new)))
		return false;
	/* A lock is handed over below. */
	if (!lock && value & FUTEX_WAITERS)
		wake_one(&word);
	return true;
}

static void walk_list(uintptr_t list)
{
	struct robust_list_head head;
	u64 entry, pending;

	if (copy_from_user(&head, (const void *)list, sizeof(head)))
		return;
	entry = head.next;
	pending = head.list_op_pending & ~ENTRY_LOCK;
	for (unsigned int i = 0; i < ENTRIES_MAX && (entry & ~ENTRY_LOCK) != list; i++) {
		u64 next, at = entry & ~ENTRY_LOCK;
		bool last = copy_from_user(&next, (const void *)at, sizeof(next)) != 0;

		if (at != pending &&
		    !release(at + (u64)head.futex_offset, entry & ENTRY_LOCK, false))
			return;
		if (last)
			return;
		entry = next;
	}
	if (pending)
		release(pending + (u64)head.futex_offset, head.list_op_pending & ENTRY_LOCK, true);
}

static void tell_end(int __user *address)
{
	const int none = 0;
	struct uk_futex_word word;

	/* Linux, mm_release(): only if somebody else uses the memory. */
	if (!address || uk_mm_current()->references + uk_process_current()->thread_count <= 2 ||
	    copy_to_user(address, &none, sizeof(none)) ||
	    uk_futex_word((u32 __user *)address, true, &word))
		return;
	wake_one(&word);
}

void uk_futex_thread_ends(void)
{
	struct uk_thread *thread = uk_thread_current();

	if (thread->robust_list)
		walk_list((uintptr_t)thread->robust_list);
	thread->robust_list = NULL;
	futex_release_locks();
	tell_end(thread->clear_child_tid);
	thread->clear_child_tid = NULL;
}
