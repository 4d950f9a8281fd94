/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors of processes: pidfd_open(2). They outlive the process. */
#ifndef UK_PIDFD_H
#define UK_PIDFD_H

#include <uk/process.h>

struct uk_file;

/* Opens a descriptor of the process, close-on-exec; flags: O_NONBLOCK or 0. Returns it, or -EMFILE,
 * -ENFILE, -ENOMEM. */
int uk_pidfd_open(struct uk_process *process, u32 flags);
/* The process of an open file: 0 with *process NULL if its parent has waited for it; -EBADF if the
 * file is not such a descriptor. */
int uk_pidfd_process(const struct uk_file *file, struct uk_process **process);

#endif
