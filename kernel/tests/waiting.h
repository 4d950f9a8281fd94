/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The environment of waits in a hosted test without a scheduler: a thread, and a clock that only
 * advances while a thread waits. A wait calls the functions that the test has passed to
 * wait_does(), which do what other threads do meanwhile and may themselves wait, until one of them
 * wakes the thread: a wait that nothing ends fails the test. Included once, by the test.
 */
#ifndef TESTS_WAITING_H
#define TESTS_WAITING_H

#include "check.h"
#include "process.h"

#define WAITS_MAX 8

static u64 now = 1000000;
static bool signal_waits;			     /* one that is not blocked */
static unsigned int wakes;			     /* how often uk_sched_wake() was called */
static void (*when_woken)(struct uk_thread *thread); /* if set, called for each woken thread */
static void (*others[WAITS_MAX])(void);
static unsigned int others_count, others_done;

/* The next wait calls this one; NULL: only time passes, and the wait ends. */
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
	bool returns = false;

	CHECK(!signal_waits);
	self->sched.state = UK_SCHED_WAITS;
	while (self->sched.state == UK_SCHED_WAITS && !signal_waits && !returns) {
		void (*function)(void);

		/* What was done did not wake this thread: a lost wake-up, or a wait too many. */
		CHECK(others_done < others_count);
		function = others[others_done++];
		if (function) {
			function();
		} else {
			returns = true;
			if (deadline != UINT64_MAX)
				now = MAX(now, deadline);
		}
		run_as(self);
	}
	self->sched.state = UK_SCHED_RUNS;
}

void uk_sched_wake(struct uk_thread *thread)
{
	wakes++;
	thread->sched.state = UK_SCHED_RUNS;
	if (when_woken)
		when_woken(thread);
}

void uk_timer_run(void)
{
	uk_cpu.timer_fired = false;
}

#endif
