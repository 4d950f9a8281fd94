/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters as files: eventfd(2). A blocking read or write returns -UK_ERESTART if a signal is
 * pending. */
#ifndef UK_EVENTFD_H
#define UK_EVENTFD_H

#include <uk/fd_table.h>

/* Creates a counter that starts at count and returns its descriptor; semaphore: a read takes 1
 * instead of the whole value. flags: O_NONBLOCK, O_CLOEXEC. -EMFILE, -ENFILE, -ENOMEM. */
int uk_eventfd_create(u32 count, bool semaphore, u32 flags);

#endif
