/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands about the program when a signal ends it. */
#ifndef CHANNEL_END_H
#define CHANNEL_END_H

#include <uk/types.h>

/* A struct uk_channel_thread in the data area, and behind it the extended state: 0 is the running
 * thread, which must be asked for first. 0, or -ESRCH: there are no more. */
s64 channel_put_thread(u64 index);
/* The ranges of pages in memory from address up to end, as pairs of addresses in the data area; how
 * many. When it is full, there are more behind the last one. */
s64 channel_put_resident(uintptr_t address, uintptr_t end);

#endif
