/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers on the clocks of uk/clock.h, once or again and again: what setitimer(2) and
 * timer_create(2) have in common. Times are nanoseconds.
 */
#ifndef UK_CLOCK_TIMER_H
#define UK_CLOCK_TIMER_H

#include <uk/linux/time.h>
#include <uk/timer.h>

struct uk_clock_timer {
	clockid_t clock;
	/* Called when it was reached, times > 1 when it was missed before. */
	void (*expired)(struct uk_clock_timer *timer, u64 times);

	s64 interval;	/* 0: once */
	s64 deadline;	/* of base */
	clockid_t base; /* the clock; CLOCK_MONOTONIC for a while of CLOCK_REALTIME */
	struct uk_timer timer;
	struct uk_clock_timer *next; /* of those for a moment of CLOCK_REALTIME */
};

/* What itimerspec and itimerval hold. */
struct uk_timer_setting {
	s64 value;    /* until it expires, or a moment of its clock; 0: stopped */
	s64 interval; /* 0: once */
};
/* From the program's: 0, or -EINVAL for an invalid time. INT64_MAX stands for what does not fit. */
int uk_itimerspec_to_setting(const struct itimerspec *spec, struct uk_timer_setting *setting);
struct itimerspec uk_itimerspec_from_setting(const struct uk_timer_setting *setting);

/* Sets it to a moment of its clock, or for a while from now; value 0 stops it. */
void uk_clock_timer_set(struct uk_clock_timer *timer, bool absolute, s64 value, s64 interval);
/* Nanoseconds left; 0 when it is stopped, at least 1 when not. */
s64 uk_clock_timer_left(const struct uk_clock_timer *timer);

#endif
