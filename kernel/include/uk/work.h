/* SPDX-License-Identifier: BSD-3-Clause */
/* Work due before the guest runs on: one word that the way out of a system call tests. */
#ifndef UK_WORK_H
#define UK_WORK_H

#include <uk/types.h>

#define UK_WORK_SIGNAL 1u /* an unblocked signal may be pending */

/* Owned by syscall_shim; libraries set and clear their bit. */
extern u32 uk_work_pending;

#endif
