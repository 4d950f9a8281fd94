/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/clock.h>
#include <uk/clock_timer.h>
#include <uk/sched.h>

#include "clock.h"

/* Timers whose deadline moves when CLOCK_REALTIME is set. */
static struct uk_clock_timer *on_realtime;

static s64 add(s64 a, s64 b)
{
	s64 sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* The timer may expire while another process runs. */
static s64 read_base(const struct uk_clock_timer *timer)
{
	if (timer->base == CLOCK_PROCESS_CPUTIME_ID && timer->process)
		return (s64)uk_sched_process_ran(timer->process);
	return uk_clock_read(timer->base);
}

static void start(struct uk_clock_timer *timer)
{
	s64 left = timer->deadline - read_base(timer);

	uk_timer_start(&timer->timer, (u64)add(uk_clock_read(CLOCK_MONOTONIC), MAX(left, 0L)));
}

/* The clock may not have reached the deadline: it was set back, or it counts processor time and the
 * program slept. */
static void expire(struct uk_timer *platform_timer)
{
	struct uk_clock_timer *timer = container_of(platform_timer, struct uk_clock_timer, timer);
	s64 late = read_base(timer) - timer->deadline;
	s64 times = 1;

	if (late < 0) {
		start(timer);
		return;
	}
	if (timer->interval) {
		times += late / timer->interval;
		timer->deadline = add(timer->deadline, times * timer->interval);
		start(timer);
	}
	timer->expired(timer, (u64)times);
}

static void stop(struct uk_clock_timer *timer)
{
	struct uk_clock_timer **link = &on_realtime;

	uk_timer_stop(&timer->timer);
	while (*link && *link != timer)
		link = &(*link)->next;
	if (*link)
		*link = timer->next;
}

void uk_clock_timer_set(struct uk_clock_timer *timer, bool absolute, s64 value, s64 interval)
{
	stop(timer);
	if (value == 0)
		return;
	timer->base = timer->clock;
	if (!absolute && timer->clock == CLOCK_REALTIME)
		timer->base = CLOCK_MONOTONIC;
	timer->interval = interval;
	timer->deadline = absolute ? value : add(read_base(timer), value);
	timer->timer.expire = expire;
	if (timer->base == CLOCK_REALTIME) {
		timer->next = on_realtime;
		on_realtime = timer;
	}
	start(timer);
}

s64 uk_clock_timer_left(const struct uk_clock_timer *timer)
{
	if (!timer->timer.running)
		return 0;
	return MAX(timer->deadline - read_base(timer), 1L);
}

void clock_timers_adjust(void)
{
	for (struct uk_clock_timer *timer = on_realtime; timer; timer = timer->next) {
		if (timer->timer.running)
			start(timer);
	}
}

int uk_itimerspec_to_setting(const struct itimerspec *spec, struct uk_timer_setting *setting)
{
	int error = uk_timespec_to_ns(&spec->it_value, &setting->value);

	return error ? error : uk_timespec_to_ns(&spec->it_interval, &setting->interval);
}

struct itimerspec uk_itimerspec_from_setting(const struct uk_timer_setting *setting)
{
	return (struct itimerspec){
		.it_interval = uk_timespec_from_ns(setting->interval),
		.it_value = uk_timespec_from_ns(setting->value),
	};
}
