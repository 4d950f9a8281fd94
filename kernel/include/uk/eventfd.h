/* SPDX-License-Identifier: BSD-3-Clause */
/* Counters as files: eventfd(2). A read or write that blocks ends with -UK_ERESTART when a signal
 * is pending. */
#ifndef UK_EVENTFD_H
#define UK_EVENTFD_H

#include <uk/fd_table.h>

/* A descriptor of a counter that starts at count; semaphore: a read takes one instead of all.
 * flags: O_NONBLOCK, O_CLOEXEC. -EMFILE, -ENFILE, -ENOMEM. */
int uk_eventfd_create(u32 count, bool semaphore, u32 flags);

#endif
