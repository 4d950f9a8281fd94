/* SPDX-License-Identifier: BSD-3-Clause */
/* Watching files: inotify(7) instances, which receive the events of uk/notify.h. */
#ifndef UK_INOTIFY_H
#define UK_INOTIFY_H

#include <uk/fd_table.h>
#include <uk/linux/inotify.h>

/* Linux's limits (fs.inotify.max_*): instances, watches, queued events per instance. */
#define UK_INOTIFY_INSTANCES_MAX 128
#define UK_INOTIFY_WATCHES_MAX	 65536
#define UK_INOTIFY_EVENTS_MAX	 16384

/* Creates an instance and returns its descriptor; flags: O_NONBLOCK, O_CLOEXEC. -EMFILE, -ENFILE,
 * -ENOMEM. */
int uk_inotify_create(u32 flags);
bool uk_inotify_is_instance(const struct uk_file *file);
/* Watches a file, or changes the existing watch; mask: IN_* as in inotify_add_watch(2), checked.
 * Returns the watch descriptor, -EEXIST (IN_MASK_CREATE), -ENOSPC or -ENOMEM. */
int uk_inotify_add(struct uk_file *instance, struct uk_vnode *vnode, u32 mask);
/* 0 or -EINVAL. */
int uk_inotify_remove(struct uk_file *instance, int descriptor);

#endif
