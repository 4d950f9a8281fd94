/* SPDX-License-Identifier: BSD-3-Clause */
/* Pending signals as files: signalfd(2). Whoever reads takes signals from its own thread and from
 * the process; a read that blocks ends with -UK_ERESTART when another signal is pending. */
#ifndef UK_SIGNALFD_H
#define UK_SIGNALFD_H

#include <uk/fd_table.h>

/* A descriptor for the signals of mask; flags: O_NONBLOCK, O_CLOEXEC. -EMFILE, -ENFILE, -ENOMEM. */
int uk_signalfd_create(u64 mask, u32 flags);
/* 0, or -EINVAL when the file is not a signalfd. */
int uk_signalfd_set_mask(struct uk_file *file, u64 mask);

#endif
