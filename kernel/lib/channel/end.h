/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands about the program after a signal has ended it. */
#ifndef CHANNEL_END_H
#define CHANNEL_END_H

#include <uk/types.h>

/* Stores a struct uk_channel_thread and the thread's extended state in the data area. Index 0 is
 * the running thread, which must be requested first. 0, or -ESRCH: there are no more threads. */
s64 channel_put_thread(u64 index);
/* Stores the ranges of resident pages from address up to end, as pairs of addresses in the data
 * area. Returns their number. If the area is full, there may be more after the last range. */
s64 channel_put_resident(uintptr_t address, uintptr_t end);

#endif
