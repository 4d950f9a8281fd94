/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

/* Called when CLOCK_REALTIME was set. */
void clock_timers_adjust(void);

#endif
