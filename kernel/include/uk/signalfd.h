/* SPDX-License-Identifier: BSD-3-Clause */
/* Pending signals as files: signalfd(2). A read takes signals of the reading thread and of the
 * process; a blocking read returns -UK_ERESTART if another signal is pending. */
#ifndef UK_SIGNALFD_H
#define UK_SIGNALFD_H

#include <uk/fd_table.h>

/* Returns a descriptor for the signals of mask; flags: O_NONBLOCK, O_CLOEXEC. -EMFILE, -ENFILE,
 * -ENOMEM. */
int uk_signalfd_create(u64 mask, u32 flags);
/* 0, or -EINVAL if the file is not a signalfd. */
int uk_signalfd_set_mask(struct uk_file *file, u64 mask);

#endif
