/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for locks. */
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/plat.h>
#include <uk/sched.h>
#include <uk/signal.h>

#define ASK_AGAIN_NS 10000000UL /* poll interval, where nothing reports that a lock is released */

/* Tries until it succeeds or a signal is pending: the lock's holder is in this process, or
 * elsewhere. */
int uk_lock_wait(struct uk_vnode *vnode, const struct uk_lock *lock)
{
	for (;;) {
		int error = uk_lock_set(vnode, lock);

		if (error != -EAGAIN)
			return error;
		if (uk_signal_pending())
			return -UK_ERESTART;
		uk_sched_wait(vnode->operations->lock && lock->kind != UK_LOCK_FLOCK
				      ? ukplat_monotonic_ns() + ASK_AGAIN_NS
				      : UINT64_MAX);
	}
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
	uk_sched_notify();
	return wait ? uk_lock_wait(file->vnode, &wanted) : error;
}
