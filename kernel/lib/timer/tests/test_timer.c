/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: timer/timer.c */
/* Timers fire in the order of their deadlines, once, never early, regardless of what is started and
 * stopped meanwhile; and the platform's timer is always set for the next one. */
#include <uk/cpu.h>

#include "check.h"

#define TIMERS	    50
#define STEPS	    100000
/* timer.c: the minimum distance between firings of the platform's timer */
#define DISTANCE_NS 20000UL

struct uk_cpu uk_cpu;
static u64 now = 1000, platform = UINT64_MAX, state = 0x853c49e6748fea9bu;

u64 ukplat_monotonic_ns(void)
{
	return now;
}

void ukplat_set_timer(u64 deadline)
{
	uk_cpu.timer_fired = false;
	platform = deadline;
}

struct counted {
	struct uk_timer timer;
	unsigned int fired;
};
static struct counted timers[TIMERS];
static u64 last_deadline;
static struct uk_timer *victim; /* stopped by whichever fires next */

static void expire(struct uk_timer *timer)
{
	struct counted *counted = (struct counted *)timer;

	CHECK(!timer->running && timer->deadline <= now);
	CHECK(timer->deadline >= last_deadline);
	last_deadline = timer->deadline;
	counted->fired++;
	if (victim)
		uk_timer_stop(victim);
	victim = NULL;
}

static void pass(u64 time)
{
	now += time;
	if (platform <= now)
		uk_cpu.timer_fired = true;
	uk_timer_check();
}

static u64 earliest(void)
{
	u64 deadline = UINT64_MAX;

	for (unsigned int i = 0; i < TIMERS; i++)
		if (timers[i].timer.running)
			deadline = MIN(deadline, timers[i].timer.deadline);
	return deadline;
}

static void test_random(void)
{
	static unsigned int expected[TIMERS];

	for (unsigned int step = 0; step < STEPS; step++) {
		unsigned int number = check_random(&state) % TIMERS;
		struct counted *counted = &timers[number];
		u64 until;

		counted->timer.expire = expire;
		switch (check_random(&state) % 3) {
		case 0:
			uk_timer_start(&counted->timer, now + 1 + check_random(&state) % 1000000);
			CHECK(counted->timer.running);
			break;
		case 1:
			uk_timer_stop(&counted->timer);
			CHECK(!counted->timer.running);
			break;
		default:
			until = now + check_random(&state) % 100000;
			last_deadline = 0;
			/* The platform's timer may be late by the distance; then all expired timers
			 * fire at once. */
			if (platform <= until) {
				for (unsigned int i = 0; i < TIMERS; i++)
					expected[i] += timers[i].timer.running &&
						       timers[i].timer.deadline <= until;
			}
			pass(until - now);
			for (unsigned int i = 0; i < TIMERS; i++)
				CHECK(timers[i].fired == expected[i]);
		}
		/* It may be set for a timer that was stopped meanwhile. */
		CHECK(platform <= MAX(earliest(), now + DISTANCE_NS));
	}
	for (unsigned int i = 0; i < TIMERS; i++)
		uk_timer_stop(&timers[i].timer);
	pass(2000000);
	CHECK(platform == UINT64_MAX);
}

/* Starts itself again: at once would be too early, so it fires DISTANCE_NS later. */
static unsigned int rounds;

static void again(struct uk_timer *timer)
{
	rounds++;
	uk_timer_start(timer, now + 1);
}

static void test_starts_itself(void)
{
	struct uk_timer timer = {.expire = again};

	uk_timer_start(&timer, now + 10);
	pass(9);
	CHECK(!rounds);
	pass(1);
	CHECK(rounds == 1 && timer.running && platform == now + DISTANCE_NS);
	pass(DISTANCE_NS - 1);
	CHECK(rounds == 1);
	pass(1);
	CHECK(rounds == 2);
	uk_timer_stop(&timer);
	pass(2 * DISTANCE_NS);
	CHECK(platform == UINT64_MAX);
}

static void test_equal_deadlines(void)
{
	struct counted first = {{.expire = expire}, 0}, second = first;

	last_deadline = 0;
	uk_timer_start(&first.timer, now + 5);
	uk_timer_start(&second.timer, now + 5);
	/* The one that was started first fires first, and stops the other, which has expired
	 * too. */
	victim = &second.timer;
	pass(5);
	CHECK(first.fired == 1 && second.fired == 0 && !second.timer.running);
}

/* A timer that has fired is due: starting others does not delay it. */
static void test_fired_and_not_run(void)
{
	struct counted first = {{.expire = expire}, 0}, second = first;

	last_deadline = 0;
	uk_timer_start(&first.timer, now + 5);
	now += 5;
	uk_cpu.timer_fired = true;
	uk_timer_start(&second.timer, now + 1000000);
	CHECK(uk_cpu.timer_fired);
	uk_timer_check();
	CHECK(first.fired == 1 && !uk_cpu.timer_fired && platform == second.timer.deadline);
	/* Moved to an earlier and to a later time; stopping twice has no effect. */
	uk_timer_start(&second.timer, now + 10);
	CHECK(platform == now + 10);
	uk_timer_start(&second.timer, UINT64_MAX - 1);
	CHECK(platform == now + 10);
	pass(10);
	CHECK(platform == UINT64_MAX - 1);
	uk_timer_stop(&second.timer);
	uk_timer_stop(&second.timer);
	CHECK(second.fired == 0);
}

int main(void)
{
	test_starts_itself();
	test_equal_deadlines();
	test_fired_and_not_run();
	test_random();
	return 0;
}
