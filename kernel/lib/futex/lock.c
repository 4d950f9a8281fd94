/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Locks that the kernel hands over, FUTEX_LOCK_PI and its relatives: Linux, kernel/futex/pi.c. The
 * program takes and releases a lock without the kernel as long as nobody waits. Since the program
 * can write anything to the word, the kernel remembers the owner of a lock that threads wait for.
 */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "robust.h"
#include "waiter.h"

#define CHAIN_MAX 1024 /* locks: Linux, max_lock_depth */

static void set_owner(struct uk_futex_lock *lock, struct uk_thread *owner)
{
	lock->owner = owner;
	lock->next = owner->futex_locks;
	owner->futex_locks = lock;
}

static void clear_owner(struct uk_futex_lock *lock)
{
	struct uk_futex_lock **link = &lock->owner->futex_locks;

	while (*link != lock)
		link = &(*link)->next;
	*link = lock->next;
}

void lock_drop(struct uk_futex_lock *lock)
{
	if (lock->waiters)
		return;
	clear_owner(lock);
	uk_free(lock);
}

static struct uk_futex_lock *lock_new(const struct uk_futex_word *word, struct uk_thread *owner)
{
	struct uk_futex_lock *lock = uk_zalloc(sizeof(*lock));

	if (!lock)
		return NULL;
	lock->word = *word;
	set_owner(lock, owner);
	return lock;
}

/* Whether the word fits what is known about the lock (Linux, attach_to_pi_state()). */
static bool is_consistent(const struct uk_futex_lock *lock, u32 value)
{
	pid_t owner = (pid_t)(value & FUTEX_TID_MASK);

	if (value & FUTEX_OWNER_DIED && !owner)
		return true;
	return owner == lock->owner->tid;
}

/* The owner is a thread that may not know yet that somebody waits. */
static int find_owner(const struct uk_futex_word *word, u32 value, struct uk_futex_lock **lock)
{
	struct uk_thread *owner;

	value |= FUTEX_WAITERS;
	if (copy_to_user(word->address, &value, sizeof(value)))
		return -EFAULT;
	owner = uk_thread_find((pid_t)(value & FUTEX_TID_MASK));
	if (!owner || owner->sched.state == UK_SCHED_ENDED)
		return -ESRCH;
	*lock = lock_new(word, owner);
	return *lock ? 0 : -ENOMEM;
}

int lock_take(const struct uk_futex_word *word, struct uk_thread *thread, bool contended,
	      struct uk_futex_lock **lock)
{
	const struct waiter *first;
	u32 value;

	*lock = NULL;
	if (copy_from_user(&value, word->address, sizeof(value)))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) == (u32)thread->tid)
		return -EDEADLK;
	first = waiter_next(&word->key, NULL);
	if (first) {
		if (!first->lock || !is_consistent(first->lock, value))
			return -EINVAL;
		*lock = first->lock;
		return 0;
	}
	if (value & FUTEX_TID_MASK)
		return find_owner(word, value, lock);
	value = (u32)thread->tid | (value & FUTEX_OWNER_DIED) | (contended ? FUTEX_WAITERS : 0);
	if (contended && !(*lock = lock_new(word, thread)))
		return -ENOMEM;
	if (!copy_to_user(word->address, &value, sizeof(value)))
		return 1;
	if (*lock)
		lock_drop(*lock);
	return -EFAULT;
}

bool lock_is_deadlock(const struct uk_futex_lock *lock, const struct uk_thread *thread)
{
	for (unsigned int i = 0; lock && i < CHAIN_MAX; i++) {
		if (lock->owner == thread)
			return true;
		lock = lock->owner->futex_awaited;
	}
	return lock != NULL;
}

void lock_attach(struct uk_futex_lock *lock, struct waiter *waiter)
{
	waiter->key = lock->word.key;
	waiter->lock = lock;
	waiter->thread->futex_awaited = lock;
	lock->waiters++;
	waiter_append(waiter);
}

void lock_detach(struct waiter *waiter)
{
	struct uk_futex_lock *lock = waiter->lock;

	waiter->lock = NULL;
	waiter->thread->futex_awaited = NULL;
	lock->waiters--;
	lock_drop(lock);
}

/* The thread that has waited longest for a lock, which has waiters. */
static struct waiter *first_of(const struct uk_futex_lock *lock)
{
	struct waiter *waiter = waiter_next(&lock->word.key, NULL);

	while (waiter->lock != lock)
		waiter = waiter_next(&lock->word.key, waiter);
	return waiter;
}

/* Stores the new owner in the word: 0, -EFAULT. */
static int announce(const struct uk_futex_lock *lock, const struct waiter *waiter, u32 flags)
{
	u32 value = (u32)waiter->thread->tid | FUTEX_WAITERS | flags;

	return copy_to_user(lock->word.address, &value, sizeof(value));
}

static void hand_over(struct uk_futex_lock *lock, struct waiter *waiter)
{
	clear_owner(lock);
	set_owner(lock, waiter->thread);
	lock_detach(waiter);
	waiter_wake(waiter);
}

int uk_futex_lock(const struct uk_futex_word *word, bool try, clockid_t clock, s64 deadline)
{
	struct waiter waiter = {.thread = uk_thread_current()};
	struct uk_futex_lock *lock;
	int error = lock_take(word, waiter.thread, false, &lock);

	if (error)
		return error == 1 ? 0 : error;
	if (try)
		error = -EAGAIN;
	else if (lock_is_deadlock(lock, waiter.thread))
		error = -EDEADLK;
	if (error) {
		lock_drop(lock);
		return error;
	}
	lock_attach(lock, &waiter);
	error = waiter_wait(&waiter, clock, deadline);
	if (error)
		lock_detach(&waiter);
	return error;
}

int uk_futex_unlock(const struct uk_futex_word *word)
{
	const struct waiter *first;
	struct uk_futex_lock *lock;
	const u32 none = 0;
	u32 value;

	if (copy_from_user(&value, word->address, sizeof(value)))
		return -EFAULT;
	if ((value & FUTEX_TID_MASK) != (u32)uk_thread_current()->tid)
		return -EPERM;
	first = waiter_next(&word->key, NULL);
	if (!first)
		return copy_to_user(word->address, &none, sizeof(none));
	lock = first->lock;
	if (!lock || lock->owner != uk_thread_current())
		return -EINVAL;
	if (announce(lock, first_of(lock), 0))
		return -EFAULT;
	hand_over(lock, first_of(lock));
	return 0;
}

/* Whatever the words contain: Linux, exit_pi_state_list(). */
void futex_release_locks(void)
{
	struct uk_thread *thread = uk_thread_current();

	while (thread->futex_locks) {
		struct uk_futex_lock *lock = thread->futex_locks;

		(void)announce(lock, first_of(lock), FUTEX_OWNER_DIED);
		hand_over(lock, first_of(lock));
	}
}
