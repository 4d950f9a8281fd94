/* SPDX-License-Identifier: BSD-3-Clause */
/* Timers as files: timerfd_create(2). A blocking read returns -UK_ERESTART if a signal is
 * pending. */
#ifndef UK_TIMERFD_H
#define UK_TIMERFD_H

#include <uk/clock_timer.h>
#include <uk/fd_table.h>

/* Returns a descriptor of a stopped timer; flags: O_NONBLOCK, O_CLOEXEC. -EINVAL if there are no
 * timers of this kind on the clock, -EMFILE, -ENFILE, -ENOMEM. */
int uk_timerfd_create(clockid_t clock, u32 flags);
/* timerfd_gettime(2): 0, or -EINVAL if the file is not a timerfd. */
int uk_timerfd_get(struct uk_file *file, struct uk_timer_setting *setting);
/* timerfd_settime(2): sets it to an absolute time of its clock (absolute), or to a time from now,
 * and discards expirations that were not read. 0, or -EINVAL if the file is not a timerfd. */
int uk_timerfd_set(struct uk_file *file, bool absolute, const struct uk_timer_setting *new,
		   struct uk_timer_setting *old);

#endif
