/* SPDX-License-Identifier: BSD-3-Clause */
/* Resource usage in Linux's form. */
#ifndef POSIX_PROCESS_USAGE_H
#define POSIX_PROCESS_USAGE_H

#include <uk/linux/resource.h>
#include <uk/process.h>

/* Time in the kernel is not separated from the program's. */
struct rusage usage_to_user(const struct uk_process_usage *usage);

#endif
