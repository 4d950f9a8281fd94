/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for locks. */
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/plat.h>
#include <uk/signal.h>
#include <uk/wait.h>

#define ASK_AGAIN_NS 10000000UL /* poll interval, where nothing reports that a lock is released */

/* A thread that waits for a lock. */
struct lock_wait {
	struct uk_wait_one one;
	bool (*wake)(struct uk_wait_entry *entry, u32 happened);
	const struct uk_vnode *vnode;
	const struct uk_lock *lock;
};

/* Wakes it only if the lock that it waits for can be taken. */
static bool wake_if_free(struct uk_wait_entry *entry, u32 happened)
{
	struct lock_wait *wait = container_of(entry, struct lock_wait, one.entry);

	return !uk_lock_conflict(wait->vnode, wait->lock) && wait->wake(entry, happened);
}

static int wait_for_lock(struct lock_wait *wait, struct uk_vnode *vnode)
{
	bool asks = vnode->operations->lock && wait->lock->kind != UK_LOCK_FLOCK;
	int error;

	while ((error = uk_lock_set(vnode, wait->lock)) == -EAGAIN) {
		u64 deadline = asks ? ukplat_monotonic_ns() + ASK_AGAIN_NS : UINT64_MAX;

		if (uk_wait_for_wake(&wait->one.wait, deadline) == -EINTR)
			return -UK_ERESTART;
	}
	return error;
}

/* Tries until it succeeds or a signal is pending: the lock's holder is in this process, or
 * elsewhere. */
int uk_lock_wait(struct uk_vnode *vnode, const struct uk_lock *lock)
{
	struct lock_wait wait = {.vnode = vnode, .lock = lock};
	int error = uk_lock_set(vnode, lock);

	if (error != -EAGAIN)
		return error;
	uk_wait_begin_one(&wait.one, &vnode->lock_queue, POLLIN, false);
	wait.wake = wait.one.entry.wake;
	wait.one.entry.wake = wake_if_free;
	error = wait_for_lock(&wait, vnode);
	uk_wait_end_one(&wait.one);
	return error;
}

int uk_lock_whole_file(struct uk_file *file, s16 type, bool wait)
{
	const struct uk_lock none = {
		.kind = UK_LOCK_FLOCK, .file = file, .end = INT64_MAX, .type = F_UNLCK};
	const struct uk_lock wanted = {
		.kind = UK_LOCK_FLOCK, .file = file, .end = INT64_MAX, .type = type};
	int error = uk_lock_set(file->vnode, &wanted);

	if (error != -EAGAIN)
		return error;
	/* A conversion releases the old lock before it requests the new one (flock(2)). */
	uk_lock_set(file->vnode, &none);
	return wait ? uk_lock_wait(file->vnode, &wanted) : error;
}
