/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

/* CLOCK_REALTIME was set. */
void clock_timers_adjust(void);

#endif
