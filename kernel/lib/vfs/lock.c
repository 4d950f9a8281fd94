/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/process.h>

static bool same_owner(const struct uk_lock *a, const struct uk_lock *b)
{
	return a->kind == b->kind && a->file == b->file && (a->file || a->process == b->process);
}

/* flock(2) and fcntl(2) locks do not conflict with each other. */
static bool same_family(const struct uk_lock *a, const struct uk_lock *b)
{
	return (a->kind == UK_LOCK_FLOCK) == (b->kind == UK_LOCK_FLOCK);
}

const struct uk_lock *uk_lock_conflict(const struct uk_vnode *vnode, const struct uk_lock *lock)
{
	for (const struct uk_lock *other = vnode->locks; other; other = other->next) {
		if (same_family(lock, other) && !same_owner(lock, other) &&
		    lock->start <= other->end && other->start <= lock->end &&
		    (lock->type == F_WRLCK || other->type == F_WRLCK))
			return other;
	}
	return NULL;
}

/* Removes [start, end] from the owner's locks. spare: for a lock that is split; NULL if it was
 * used. */
static void cut(struct uk_vnode *vnode, const struct uk_lock *lock, struct uk_lock **spare)
{
	struct uk_lock **link = &vnode->locks, *other;

	while ((other = *link)) {
		if (!same_owner(lock, other) || other->end < lock->start ||
		    other->start > lock->end) {
			link = &other->next;
		} else if (other->start < lock->start && other->end > lock->end) {
			struct uk_lock *rest = *spare;

			*rest = *other;
			rest->start = lock->end + 1;
			other->end = lock->start - 1;
			other->next = rest;
			*spare = NULL;
			link = &rest->next;
		} else if (other->start < lock->start) {
			other->end = lock->start - 1;
			link = &other->next;
		} else if (other->end > lock->end) {
			other->start = lock->end + 1;
			link = &other->next;
		} else {
			*link = other->next;
			uk_free(other);
		}
	}
}

/* Merges the owner's adjacent locks of the same type into the lock and frees them. */
static void join(struct uk_vnode *vnode, struct uk_lock *lock)
{
	struct uk_lock **link = &vnode->locks, *other;

	while ((other = *link)) {
		bool touches = other->start - 1 <= lock->end && lock->start - 1 <= other->end;

		if (!same_owner(lock, other) || other->type != lock->type || !touches) {
			link = &other->next;
			continue;
		}
		lock->start = MIN(lock->start, other->start);
		lock->end = MAX(lock->end, other->end);
		*link = other->next;
		uk_free(other);
	}
}

/* The locks of an owner are adjacent and sorted by start; a new owner goes to the end. This is the
 * order in which conflicts are reported. */
static void insert(struct uk_vnode *vnode, struct uk_lock *lock)
{
	struct uk_lock **link = &vnode->locks;

	while (*link && !same_owner(lock, *link))
		link = &(*link)->next;
	while (*link && same_owner(lock, *link) && (*link)->start < lock->start)
		link = &(*link)->next;
	lock->next = *link;
	*link = lock;
}

/* The same for the remote owner of the file. */
static int tell_others(struct uk_vnode *vnode, const struct uk_lock *lock)
{
	if (lock->kind == UK_LOCK_FLOCK || !vnode->operations->lock)
		return 0;
	return vnode->operations->lock(vnode, lock);
}

int uk_lock_set(struct uk_vnode *vnode, const struct uk_lock *lock)
{
	struct uk_lock *new, *spare;
	int error;

	if (lock->type != F_UNLCK && uk_lock_conflict(vnode, lock))
		return -EAGAIN;
	if (lock->type == F_UNLCK && !vnode->locks)
		return 0;
	new = uk_malloc(sizeof(*new));
	spare = uk_malloc(sizeof(*spare));
	if (!new || !spare) {
		uk_free(new);
		uk_free(spare);
		return -ENOLCK;
	}
	error = tell_others(vnode, lock);
	if (error) {
		uk_free(new);
		uk_free(spare);
		return error;
	}
	cut(vnode, lock, &spare);
	uk_free(spare);
	if (lock->type == F_UNLCK) {
		uk_free(new);
	} else {
		*new = *lock;
		join(vnode, new);
		insert(vnode, new);
	}
	uk_wait_wake_all(&vnode->lock_queue, POLLIN);
	return 0;
}

static void remove_of(struct uk_vnode *vnode, const struct uk_lock *owned)
{
	struct uk_lock **link = &vnode->locks, *lock;

	while ((lock = *link)) {
		if (lock->file != owned->file || (!lock->file && lock->process != owned->process)) {
			link = &lock->next;
			continue;
		}
		*link = lock->next;
		lock->type = F_UNLCK;
		tell_others(vnode, lock);
		uk_free(lock);
	}
	uk_wait_wake_all(&vnode->lock_queue, POLLIN);
}

void uk_locks_closed(struct uk_vnode *vnode, const struct uk_process *process)
{
	const struct uk_lock owned = {.process = process};

	remove_of(vnode, &owned);
}

void uk_locks_release(const struct uk_file *file)
{
	const struct uk_lock owned = {.file = file};

	remove_of(file->vnode, &owned);
}
