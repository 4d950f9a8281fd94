/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for locks. */
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/plat.h>
#include <uk/sched.h>
#include <uk/signal.h>

#define ASK_AGAIN_NS 10000000UL /* where nobody tells when a lock goes */

/* Tries until it works or a signal is pending: whoever holds the lock is in this process, or
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
	/* A conversion gives up the old lock before it asks for the new one (flock(2)). */
	uk_lock_set(file->vnode, &none);
	uk_sched_notify();
	return wait ? uk_lock_wait(file->vnode, &wanted) : error;
}
