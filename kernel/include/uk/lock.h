/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Locks of files: record locks of fcntl(2) (of the process, or F_OFD_* of an open file) and
 * flock(2)'s locks of whole files. A process's own record locks never conflict with each other;
 * those of open files do.
 */
#ifndef UK_LOCK_H
#define UK_LOCK_H

#include <uk/file.h>

enum uk_lock_kind {
	UK_LOCK_POSIX, /* owner: the process */
	UK_LOCK_OFD,   /* owner: the open file */
	UK_LOCK_FLOCK, /* owner: the open file; independent of the other two kinds */
};

struct uk_process;

struct uk_lock {
	struct uk_lock *next;
	enum uk_lock_kind kind;
	const struct uk_process *process; /* that set a UK_LOCK_POSIX or UK_LOCK_OFD lock */
	const struct uk_file *file;	  /* the owner; NULL: the process is the owner */
	s64 start, end; /* bytes; end is the last one, INT64_MAX: to the end of the file */
	s16 type;	/* F_RDLCK, F_WRLCK; F_UNLCK removes */
};

/* Sets or removes a lock: 0, -EAGAIN (a conflict), -ENOLCK (no memory), or the file system's
 * error. */
int uk_lock_set(struct uk_vnode *vnode, const struct uk_lock *lock);
/* Sets the lock, waiting while there is a conflict: 0, -UK_ERESTART (a signal is pending), -ENOLCK,
 * or the file system's error. */
int uk_lock_wait(struct uk_vnode *vnode, const struct uk_lock *lock);
/* flock(2): changes the open file's lock to the type, or removes it (F_UNLCK). Like uk_lock_wait(),
 * or without wait -EAGAIN; after a conflict the previous lock is gone. */
int uk_lock_whole_file(struct uk_file *file, s16 type, bool wait);
/* The first conflicting lock, or NULL. */
const struct uk_lock *uk_lock_conflict(const struct uk_vnode *vnode, const struct uk_lock *lock);

/* Called when the process has closed a descriptor of the vnode: drops the process's own locks
 * (fcntl(2)). */
void uk_locks_closed(struct uk_vnode *vnode, const struct uk_process *process);
/* Called when an open file is released: drops its locks. */
void uk_locks_release(const struct uk_file *file);

#endif
