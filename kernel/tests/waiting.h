/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The environment of waits in a hosted test without a scheduler: a thread, and a clock that only
 * advances while a thread waits. A wait calls the function that the test has passed to wait_does(),
 * which does what other threads do meanwhile and may itself wait: a wait that nothing ends fails
 * the test. Included once, by the test.
 */
#ifndef TESTS_WAITING_H
#define TESTS_WAITING_H

#include "check.h"
#include "process.h"

#define WAITS_MAX 8

u32 uk_timer_runs;

static u64 now = 1000000;
static bool signal_waits;    /* one that is not blocked */
static unsigned int notices; /* how often uk_sched_wake_waiters() was called */
static void (*others[WAITS_MAX])(void);
static unsigned int others_count, others_done;

/* The next wait without a function calls this one; NULL: only time passes. */
static inline void wait_does(void (*function)(void))
{
	CHECK(others_count < WAITS_MAX);
	others[others_count++] = function;
}

/* Checks that all functions passed to wait_does() were called. */
static inline void waits_are_over(void)
{
	CHECK(others_done == others_count);
	others_done = others_count = 0;
}

u64 ukplat_monotonic_ns(void)
{
	return now;
}

/* The calling code runs as this thread, until the end of the wait that it is part of. */
static inline void run_as(struct uk_thread *thread)
{
	uk_cpu.thread = thread;
	uk_cpu.process = thread->process;
}

void uk_sched_sleep(u64 deadline)
{
	struct uk_thread *self = uk_thread_current();
	void (*function)(void);

	CHECK(others_done < others_count && !signal_waits);
	function = others[others_done++];
	if (function)
		function();
	else if (deadline != UINT64_MAX)
		now = MAX(now, deadline);
	run_as(self);
}

void uk_sched_wait(u64 deadline)
{
	uk_sched_sleep(deadline);
}

void uk_sched_wake_waiters(void)
{
	notices++;
}

void uk_timer_run(void)
{
	uk_timer_runs++;
	uk_cpu.timer_fired = false;
}

#endif
