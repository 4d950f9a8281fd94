/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides which thread runs. */
#include <uk/assert.h>
#include <uk/plat.h>

#include "queue.h"
#include "sched.h"

u32 uk_sched_switches;
unsigned int uk_sched_held;
u64 uk_sched_idle_ns;

static struct queue ready;	/* without the running thread */
static struct queue waiters;	/* in uk_sched_wait() */
static struct uk_thread *ended; /* its stack is in use until the switch is complete */
static u32 timer_runs;		/* the value of uk_timer_runs that the waiters have seen */

static void slice_is_over(struct uk_timer *timer)
{
	uk_sched_notify();
	if (ready.first)
		uk_work_pending |= UK_WORK_YIELD;
}

/* Keeps running when there is no other thread left, so that it need not be set at each switch. */
static struct uk_timer slice = {.expire = slice_is_over};

static void begin_slice(void)
{
	if (!slice.running && (ready.first || waiters.first))
		uk_timer_start(&slice, ukplat_monotonic_ns() + UK_SCHED_SLICE_NS);
}

/* The processor's time, without the time in which no thread was ready. */
static u64 busy_ns(void)
{
	return ukplat_monotonic_ns() - uk_sched_idle_ns;
}

u64 uk_sched_ran(const struct uk_thread *thread)
{
	return thread->sched.ran +
	       (thread == uk_thread_running ? busy_ns() - thread->sched.since : 0);
}

static void idle(u64 deadline)
{
	u64 start = ukplat_monotonic_ns();

	ukplat_wait(deadline);
	uk_sched_idle_ns += ukplat_monotonic_ns() - start;
}

void sched_add(struct uk_thread *thread)
{
	queue_append(&ready, thread);
	begin_slice();
}

static void make_ready(struct uk_thread *thread,
		       void (*enqueue)(struct queue *, struct uk_thread *))
{
	if (thread->sched.state != UK_SCHED_WAITS)
		return;
	if (thread->sched.looks)
		queue_remove(&waiters, thread);
	thread->sched.state = UK_SCHED_RUNS;
	enqueue(&ready, thread);
	begin_slice();
}

void uk_sched_wake(struct uk_thread *thread)
{
	make_ready(thread, queue_append);
}

/* A thread whose sleep ends runs before those that used the processor meanwhile. */
static void deadline_is_over(struct uk_timer *timer)
{
	struct uk_thread *thread = container_of(timer, struct uk_thread, sched.timer);

	make_ready(thread, queue_prepend);
	uk_work_pending |= UK_WORK_YIELD;
}

void uk_sched_wake_waiters(void)
{
	struct uk_thread *thread;

	uk_work_pending &= (u8)~UK_WORK_WAITERS;
	while ((thread = queue_take(&waiters))) {
		thread->sched.state = UK_SCHED_RUNS;
		queue_append(&ready, thread);
	}
	begin_slice();
}

/* A timer may be the event that a thread waits for. True if timers have run. */
static bool look_at_timers(void)
{
	uk_timer_check();
	if (uk_timer_runs == timer_runs)
		return false;
	timer_runs = uk_timer_runs;
	uk_sched_notify();
	return true;
}

/* Runs on the stack of the thread that was switched to. */
static void arrive(void)
{
	uk_thread_running->sched.since = busy_ns();
	if (ended)
		thread_free(ended);
	ended = NULL;
	uk_work_pending |= UK_WORK_SWITCHED;
	uk_signal_update_work();
}

static void switch_to(struct uk_thread *next)
{
	struct uk_thread *previous = uk_thread_running;

	begin_slice();
	if (next == previous)
		return;
	uk_sched_switches++;
	previous->sched.ran += busy_ns() - previous->sched.since;
	uk_thread_running = next;
	ukplat_context_switch(&previous->sched.context, &next->sched.context);
	arrive();
}

/* The caller has put the running thread in its queue. Returns when it is its turn again. */
static void switch_away(void)
{
	struct uk_thread *next;

	for (;;) {
		look_at_timers();
		next = queue_take(&ready);
		if (next)
			break;
		uk_timer_stop(&slice);
		idle(UINT64_MAX);
		uk_sched_notify();
	}
	uk_work_pending &= (u8)~UK_WORK_YIELD;
	switch_to(next);
}

static void wait(u64 deadline, bool looks)
{
	struct uk_sched_thread *self = &uk_thread_running->sched;

	if (uk_thread_count == 1 || uk_sched_held) {
		idle(deadline);
		return;
	}
	self->state = UK_SCHED_WAITS;
	self->looks = looks;
	if (looks) {
		queue_append(&waiters, uk_thread_running);
		uk_work_pending |= UK_WORK_WAITERS;
	}
	if (deadline != UINT64_MAX) {
		self->timer.expire = deadline_is_over;
		uk_timer_start(&self->timer, deadline);
	}
	switch_away();
	uk_timer_stop(&self->timer);
}

void uk_sched_sleep(u64 deadline)
{
	wait(deadline, false);
}

void uk_sched_wait(u64 deadline)
{
	wait(deadline, true);
}

void uk_sched_yield(void)
{
	if (!ready.first || uk_sched_held)
		return;
	queue_append(&ready, uk_thread_running);
	switch_away();
}

void sched_leave(void)
{
	uk_thread_running->sched.state = UK_SCHED_ENDED;
	ended = uk_thread_running;
	switch_away();
	UK_PANIC("a thread runs after its end");
}

void uk_sched_work(struct __regs *regs)
{
	if (uk_work_pending & UK_WORK_END)
		thread_exit();
	if (uk_work_pending & UK_WORK_WAITERS) {
		uk_sched_wake_waiters();
		if (look_at_timers())
			uk_work_pending |= UK_WORK_YIELD;
	}
	if (uk_work_pending & UK_WORK_YIELD) {
		uk_work_pending &= (u8)~UK_WORK_YIELD;
		uk_sched_yield();
	}
	uk_work_pending &= (u8)~UK_WORK_SWITCHED;
	uk_signal_deliver(regs);
}

void uk_sched_begin(struct __regs *regs)
{
	arrive();
	uk_sched_work(regs);
	ukarch_resume(regs);
}
