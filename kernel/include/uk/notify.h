/* SPDX-License-Identifier: BSD-3-Clause */
/* File events, reported to whoever subscribed: inotify(7) registers here. */
#ifndef UK_NOTIFY_H
#define UK_NOTIFY_H

#include <uk/path.h>

#define UK_NOTIFY_ACCESS	0x1u /* numbered as IN_* (uapi/linux/inotify.h) */
#define UK_NOTIFY_MODIFY	0x2u
#define UK_NOTIFY_ATTRIB	0x4u
#define UK_NOTIFY_CLOSE_WRITE	0x8u
#define UK_NOTIFY_CLOSE_NOWRITE 0x10u
#define UK_NOTIFY_OPEN		0x20u
#define UK_NOTIFY_MOVED_FROM	0x40u
#define UK_NOTIFY_MOVED_TO	0x80u
#define UK_NOTIFY_CREATE	0x100u
#define UK_NOTIFY_DELETE	0x200u
#define UK_NOTIFY_DELETE_SELF	0x400u
#define UK_NOTIFY_MOVE_SELF	0x800u
#define UK_NOTIFY_UNMOUNT	0x2000u /* the vnode's file system is unmounted */

/*
 * NULL, or called after each event. dentry: the name concerned (its parent is the directory that is
 * notified too), NULL if the file has none. vnode: the file, also if it has just been removed.
 * cookie connects the two halves of a rename. For MOVED_FROM, dentry still has the old name.
 * DELETE_SELF is reported when neither names nor open files are left.
 */
extern void (*uk_notify_listener)(struct uk_dentry *dentry, struct uk_vnode *vnode, u32 event,
				  u32 cookie);

static inline void uk_notify(struct uk_dentry *dentry, struct uk_vnode *vnode, u32 event)
{
	if (unlikely(uk_notify_listener))
		uk_notify_listener(dentry, vnode, event, 0);
}

#endif
