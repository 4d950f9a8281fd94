/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/timer.h>

/* At least so far apart the platform's timer fires, so that the program gets on between. */
#define DISTANCE_MIN_NS 20000UL

static struct uk_timer *timers; /* ascending by deadline */
u32 uk_timer_runs;
static bool running; /* uk_timer_run() sets the platform's timer when it is done */

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

/* Not when it has fired: uk_timer_run() is due and will. Else who starts timers again and again
 * would put off those that are due, on a platform where it fires only between. */
static void set_platform_timer(void)
{
	if (!running && !ukplat_timer_fired)
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

	uk_timer_runs++;
	running = true;
	while (timers && timers->deadline <= now) {
		struct uk_timer *timer = timers;

		take_out(timer);
		timer->expire(timer);
	}
	running = false;
	ukplat_set_timer(timers ? MAX(timers->deadline, now + DISTANCE_MIN_NS) : UINT64_MAX);
}
