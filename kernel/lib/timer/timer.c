/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>

/* Minimum distance between timer interrupts, so that the program makes progress. */
#define DISTANCE_MIN_NS 20000UL

/* A pairing heap, so that many waiting threads cost nothing (Fredman et al., 1986): a timer comes
 * before its children. The first child's `previous` is its parent, that of others their sibling. */
static struct uk_timer *timers;
static u64 started;		    /* number of timers started so far */
static u64 programmed = UINT64_MAX; /* the deadline of the platform's timer */
bool uk_timers_are_running;	    /* uk_timer_run() sets the platform's timer at its end */
void (*uk_timer_signals)(void);

static bool is_before(const struct uk_timer *a, const struct uk_timer *b)
{
	return a->deadline < b->deadline || (a->deadline == b->deadline && a->number < b->number);
}

/* Joins two heaps, which may be NULL. Returns the first timer. */
static struct uk_timer *join(struct uk_timer *a, struct uk_timer *b)
{
	struct uk_timer *first, *other;

	if (!a || !b)
		return a ? a : b;
	first = is_before(b, a) ? b : a;
	other = first == a ? b : a;
	other->previous = first;
	other->next = first->child;
	if (first->child)
		first->child->previous = other;
	first->child = other;
	first->next = NULL;
	return first;
}

/* Joins siblings: in pairs, then all pairs. */
static struct uk_timer *join_all(struct uk_timer *timer)
{
	struct uk_timer *pairs = NULL, *heap = NULL, *next;

	while (timer) {
		struct uk_timer *second = timer->next;

		next = second ? second->next : NULL;
		timer->next = NULL;
		if (second)
			second->next = NULL;
		timer = join(timer, second);
		timer->next = pairs;
		pairs = timer;
		timer = next;
	}
	for (; pairs; pairs = next) {
		next = pairs->next;
		pairs->next = NULL;
		heap = join(heap, pairs);
	}
	return heap;
}

static void take_out(struct uk_timer *timer)
{
	struct uk_timer *children = join_all(timer->child);

	if (timer == timers) {
		timers = children;
	} else {
		if (timer->previous->child == timer)
			timer->previous->child = timer->next;
		else
			timer->previous->next = timer->next;
		if (timer->next)
			timer->next->previous = timer->previous;
		timers = join(timers, children);
	}
	timer->running = false;
}

static void put_in(struct uk_timer *timer)
{
	timer->child = timer->next = NULL;
	timer->number = started++;
	timer->running = true;
	timers = join(timers, timer);
}

static void program(u64 deadline)
{
	programmed = deadline;
	ukplat_set_timer(deadline);
}

/* Leaves the timer alone if it has fired: uk_timer_run() is due and will set it. Otherwise a
 * program that starts timers again and again would postpone those that are due, on a platform where
 * timers expire only between its calls. It may also stay set for a timer that was stopped, because
 * setting it costs more than an interrupt now and then. */
static void set_platform_timer(void)
{
	if (timers && timers->deadline < programmed && !uk_timers_are_running &&
	    !uk_cpu_current()->timer_fired)
		program(timers->deadline);
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
	if (timer->running)
		take_out(timer);
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
	program(timers ? MAX(timers->deadline, now + DISTANCE_MIN_NS) : UINT64_MAX);
}
