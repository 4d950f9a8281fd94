/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Things to do at a time, while the program runs or waits. Times are nanoseconds of the monotonic
 * clock. The platform has one timer (uk/plat.h), which is set for the earliest of them.
 */
#ifndef UK_TIMER_H
#define UK_TIMER_H

#include <uk/plat.h>

struct uk_timer {
	u64 deadline;
	/* Called when it was reached. May start timers; itself for a later time than now. */
	void (*expire)(struct uk_timer *timer);
	struct uk_timer *next;
	bool running;
};

/* Starts it, or moves its deadline; stops it, if it runs. */
void uk_timer_start(struct uk_timer *timer, u64 deadline);
void uk_timer_stop(struct uk_timer *timer);

/* Calls those that are due and sets the platform's timer for the next. */
void uk_timer_run(void);

/* How often uk_timer_run() was called: another number tells that something may have happened. */
extern u32 uk_timer_runs;

#endif
