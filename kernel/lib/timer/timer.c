/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>

/* Minimum distance between timer interrupts, so that the program makes progress. */
#define DISTANCE_MIN_NS 20000UL

static struct uk_timer *timers; /* ascending by deadline */
bool uk_timers_are_running;	/* uk_timer_run() sets the platform's timer at its end */
void (*uk_timer_signals)(void);

static void take_out(struct uk_timer *timer)
{
	struct uk_timer **link = &timers;

	while (*link != timer)
		link = &(*link)->next;
	*link = timer->next;
	timer->running = false;
}

static void put_in(struct uk_timer *timer)
{
	struct uk_timer **link = &timers;

	while (*link && (*link)->deadline <= timer->deadline)
		link = &(*link)->next;
	timer->next = *link;
	*link = timer;
	timer->running = true;
}

/* Leaves the timer alone if it has fired: uk_timer_run() is due and will set it. Otherwise a
 * program that starts timers again and again would postpone those that are due, on a platform where
 * timers expire only between its calls. */
static void set_platform_timer(void)
{
	if (!uk_timers_are_running && !uk_cpu_current()->timer_fired)
		ukplat_set_timer(timers ? timers->deadline : UINT64_MAX);
}

void uk_timer_start(struct uk_timer *timer, u64 deadline)
{
	if (timer->running)
		take_out(timer);
	timer->deadline = deadline;
	put_in(timer);
	set_platform_timer();
}

void uk_timer_stop(struct uk_timer *timer)
{
	if (!timer->running)
		return;
	take_out(timer);
	set_platform_timer();
}

void uk_timer_run(void)
{
	u64 now = ukplat_monotonic_ns();

	uk_timers_are_running = true;
	if (uk_timer_signals)
		uk_timer_signals();
	while (timers && timers->deadline <= now) {
		struct uk_timer *timer = timers;

		take_out(timer);
		timer->expire(timer);
	}
	uk_timers_are_running = false;
	ukplat_set_timer(timers ? MAX(timers->deadline, now + DISTANCE_MIN_NS) : UINT64_MAX);
}
