/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets of files whose events are waited for: epoll(7). Each file of a set has an entry in the
 * file's queue (uk/wait.h); when it is woken, the file joins the set's list of files that may be
 * ready. A wait examines only this list.
 */
#ifndef UK_EPOLL_H
#define UK_EPOLL_H

#include <uk/fd_table.h>
#include <uk/linux/epoll.h>

/* Creates an empty set and returns its descriptor; flags: O_CLOEXEC. -EMFILE, -ENFILE, -ENOMEM. */
int uk_epoll_create(u32 flags);
bool uk_epoll_is_set(const struct uk_file *file);
/* epoll_ctl(2), for an open file with descriptor fd, which has the operation poll: 0, -EEXIST,
 * -ENOENT, -ELOOP (sets in sets), -EINVAL, -ENOMEM. The file may be closed while it is in the
 * set. */
int uk_epoll_add(struct uk_file *set, struct uk_file *file, int fd,
		 const struct epoll_event *event);
int uk_epoll_modify(struct uk_file *set, struct uk_file *file, int fd,
		    const struct epoll_event *event);
int uk_epoll_remove(struct uk_file *set, struct uk_file *file, int fd);
/* The toff'th file, from 0, that was added with descriptor fd, or NULL: kcmp(2). */
const struct uk_file *uk_epoll_target(const struct uk_file *set, int fd, u32 toff);
/* Waits until there are events, for at most timeout nanoseconds (negative: no limit), and stores up
 * to maximum of them. Returns their number, 0 on timeout, -EFAULT, -EINTR. */
int uk_epoll_wait(struct uk_file *set, struct epoll_event __user *events, int maximum, s64 timeout);

#endif
