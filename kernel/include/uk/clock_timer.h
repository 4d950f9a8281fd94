/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers on the clocks of uk/clock.h, one-shot or periodic: the common part of setitimer(2) and
 * timer_create(2). Times are nanoseconds.
 */
#ifndef UK_CLOCK_TIMER_H
#define UK_CLOCK_TIMER_H

#include <uk/linux/time.h>
#include <uk/timer.h>

struct uk_process;

struct uk_clock_timer {
	clockid_t clock;
	/* Called when the deadline is reached; times > 1 if expirations were missed. */
	void (*expired)(struct uk_clock_timer *timer, u64 times);

	/* CLOCK_PROCESS_CPUTIME_ID: whose time; NULL: the current process's */
	const struct uk_process *process;
	s64 interval; /* 0: one-shot */
	s64 deadline; /* on base */
	/* the clock; CLOCK_MONOTONIC for a relative time of CLOCK_REALTIME */
	clockid_t base;
	struct uk_timer timer;
	struct uk_clock_timer *next; /* of the timers with an absolute time of CLOCK_REALTIME */
};

/* The contents of itimerspec and itimerval. */
struct uk_timer_setting {
	s64 value;    /* relative, or an absolute time of its clock; 0: stopped */
	s64 interval; /* 0: once */
};
/* Converts the program's times: 0, or -EINVAL for an invalid time. Times that do not fit become
 * INT64_MAX. */
int uk_itimerspec_to_setting(const struct itimerspec *spec, struct uk_timer_setting *setting);
struct itimerspec uk_itimerspec_from_setting(const struct uk_timer_setting *setting);

/* Sets it to an absolute time of its clock, or to a time from now; value 0 stops it. */
void uk_clock_timer_set(struct uk_clock_timer *timer, bool absolute, s64 value, s64 interval);
/* Nanoseconds left; 0 if it is stopped, otherwise at least 1. */
s64 uk_clock_timer_left(const struct uk_clock_timer *timer);

#endif
