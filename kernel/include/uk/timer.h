/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deferred work at a given time, while the program runs or waits. Times are nanoseconds of the
 * monotonic clock. The platform has one timer (uk/plat.h), which is set to the earliest deadline.
 */
#ifndef UK_TIMER_H
#define UK_TIMER_H

#include <uk/plat.h>

struct uk_timer {
	u64 deadline;
	/* Called when the deadline was reached. May start timers, but itself only for a time after
	 * now. */
	void (*expire)(struct uk_timer *timer);
	/* timer.c */
	struct uk_timer *child, *next, *previous;
	u64 number; /* timers with the same deadline expire in the order of their starts */
	bool running;
};

/* Starts the timer or moves its deadline; uk_timer_stop() stops it if it is running. */
void uk_timer_start(struct uk_timer *timer, u64 deadline);
void uk_timer_stop(struct uk_timer *timer);

/* Calls the expired timers and sets the platform's timer for the next one. */
void uk_timer_run(void);

/* Whether uk_timer_run() is calling timers: threads that they wake run before the current one. */
extern bool uk_timers_are_running;

/* Called by uk_timer_run() before the timers: takes the signals of the host's terminal. lib/console
 * sets it; NULL: none. */
extern void (*uk_timer_signals)(void);

#endif
