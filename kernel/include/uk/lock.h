/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Locks of files: fcntl(2)'s of records (of the process, or F_OFD_* of an open file) and flock(2)'s
 * of whole files. A process's record locks never conflict with each other; open files' do.
 */
#ifndef UK_LOCK_H
#define UK_LOCK_H

#include <uk/file.h>

enum uk_lock_kind {
	UK_LOCK_POSIX, /* the process owns it */
	UK_LOCK_OFD,   /* the open file owns it */
	UK_LOCK_FLOCK, /* the open file owns it; does not see the other two */
};

struct uk_process;

struct uk_lock {
	struct uk_lock *next;
	enum uk_lock_kind kind;
	const struct uk_process *process; /* that set it, for UK_LOCK_POSIX and UK_LOCK_OFD */
	const struct uk_file *file;	  /* that owns it; NULL: the process does */
	s64 start, end; /* bytes; end is the last one, INT64_MAX for all that follows */
	s16 type;	/* F_RDLCK, F_WRLCK; F_UNLCK takes away */
};

/* Sets or takes away a lock: 0, -EAGAIN (a conflict), -ENOLCK (no memory), and what the file system
 * says. */
int uk_lock_set(struct uk_vnode *vnode, const struct uk_lock *lock);
/* Sets it, and waits while there is a conflict: 0, -UK_ERESTART (a signal is pending), -ENOLCK, and
 * what the file system says. */
int uk_lock_wait(struct uk_vnode *vnode, const struct uk_lock *lock);
/* flock(2): the open file's lock becomes one of the type, or goes (F_UNLCK). As uk_lock_wait(), or
 * without wait -EAGAIN; after a conflict the lock that it had is gone. */
int uk_lock_whole_file(struct uk_file *file, s16 type, bool wait);
/* The first lock in the way of this one, or NULL. */
const struct uk_lock *uk_lock_conflict(const struct uk_vnode *vnode, const struct uk_lock *lock);

/* The current process closed a descriptor of the vnode: its own locks go (fcntl(2)). */
void uk_locks_closed(struct uk_vnode *vnode);
/* An open file goes, and its locks with it. */
void uk_locks_release(const struct uk_file *file);

#endif
