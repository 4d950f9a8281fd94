/* SPDX-License-Identifier: BSD-3-Clause */
/* Decides which thread runs. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/mm.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/wait.h>

#include "queue.h"

unsigned int uk_sched_thread_count = 1; /* the boot thread */

int *uk_errno_location(void)
{
	return &uk_thread_current()->error;
}

static void slice_is_over(struct uk_timer *timer)
{
	struct uk_cpu *cpu = container_of(timer, struct uk_cpu, slice);

	uk_wait_ask_sources();
	if (cpu->ready.first)
		cpu->work |= UK_WORK_YIELD;
}

/* Starts the slice timer. It keeps running when there is no other thread left, so that it need not
 * be set at each switch. */
static void begin_slice(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	if (cpu->slice.running || (!cpu->ready.first && !uk_wait_has_sources()))
		return;
	cpu->slice.expire = slice_is_over;
	uk_timer_start(&cpu->slice, ukplat_monotonic_ns() + UK_SCHED_SLICE_NS);
}

u64 uk_sched_busy(void)
{
	return ukplat_monotonic_ns() - uk_cpu_current()->idle_ns;
}

u64 uk_sched_ran(const struct uk_thread *thread)
{
	return thread->sched.ran +
	       (thread == uk_thread_current() ? uk_sched_busy() - thread->sched.since : 0);
}

u64 uk_sched_process_ran(const struct uk_process *process)
{
	u64 ran = process->ended_ran;

	for (const struct uk_thread *thread = process->threads; thread; thread = thread->next) {
		if (thread->sched.state != UK_SCHED_ENDED)
			ran += uk_sched_ran(thread);
	}
	return ran;
}

static void idle(u64 deadline)
{
	u64 start = ukplat_monotonic_ns();

	if (uk_wait_ask_sources())
		return;
	ukplat_wait(deadline);
	uk_wait_ask_sources();
	uk_cpu_current()->idle_ns += ukplat_monotonic_ns() - start;
}

void uk_sched_add(struct uk_thread *thread)
{
	uk_sched_thread_count++;
	queue_append(&uk_cpu_current()->ready, thread);
	begin_slice();
}

void uk_sched_wake(struct uk_thread *thread)
{
	if (thread->sched.state != UK_SCHED_WAITS)
		return;
	thread->sched.state = UK_SCHED_RUNS;
	queue_append(&uk_cpu_current()->ready, thread);
	begin_slice();
	/* As if its sleep had ended. */
	if (unlikely(uk_timers_are_running))
		uk_cpu_current()->work |= UK_WORK_YIELD;
}

/* A thread whose sleep ends runs before those that used the processor meanwhile. */
static void deadline_is_over(struct uk_timer *timer)
{
	struct uk_thread *thread = container_of(timer, struct uk_thread, sched.timer);

	if (thread->sched.state != UK_SCHED_WAITS)
		return;
	thread->sched.state = UK_SCHED_RUNS;
	queue_prepend(&uk_cpu_current()->ready, thread);
	begin_slice();
	uk_cpu_current()->work |= UK_WORK_YIELD;
}

/* Frees a thread that has ended and no longer runs. The first thread of a process stays until the
 * process is freed. */
static void free_thread(struct uk_thread *thread)
{
	ukplat_context_destroy(&thread->sched.context);
	if (thread != thread->process->threads)
		uk_free(thread);
}

/* Runs on the stack of the thread that was switched to. */
void uk_sched_arrive(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	cpu->thread->sched.since = uk_sched_busy();
	if (cpu->ended)
		free_thread(cpu->ended);
	cpu->ended = NULL;
	/* Whether a signal is pending is checked on demand (uk_signal_pending()). */
	cpu->work |= UK_WORK_SWITCHED | UK_WORK_SIGNAL;
}

static void switch_to(struct uk_thread *next)
{
	struct uk_cpu *cpu = uk_cpu_current();
	struct uk_thread *previous = cpu->thread;

	begin_slice();
	if (next == previous)
		return;
	cpu->switches++;
	previous->sched.ran += uk_sched_busy() - previous->sched.since;
	cpu->thread = next;
	if (cpu->process != next->process) {
		cpu->process = next->process;
		ukplat_space_switch(cpu->process->mm->space);
	}
	ukplat_context_switch(&previous->sched.context, &next->sched.context);
	uk_sched_arrive();
}

/* The caller has put the running thread in its queue. Returns when it is its turn again. */
static void switch_away(void)
{
	struct uk_cpu *cpu = uk_cpu_current();
	struct uk_thread *next;

	for (;;) {
		uk_timer_check();
		next = queue_take(&cpu->ready);
		if (next)
			break;
		uk_timer_stop(&cpu->slice);
		idle(UINT64_MAX);
	}
	cpu->work &= (u8)~UK_WORK_YIELD;
	switch_to(next);
}

void uk_sched_sleep(u64 deadline)
{
	struct uk_cpu *cpu = uk_cpu_current();
	struct uk_sched_thread *self = &cpu->thread->sched;

	if (uk_sched_is_alone() || cpu->held) {
		idle(deadline);
		return;
	}
	self->state = UK_SCHED_WAITS;
	if (deadline != UINT64_MAX) {
		self->timer.expire = deadline_is_over;
		uk_timer_start(&self->timer, deadline);
	}
	switch_away();
	uk_timer_stop(&self->timer);
}

void uk_sched_yield(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	if (!cpu->ready.first || cpu->held)
		return;
	queue_append(&cpu->ready, cpu->thread);
	switch_away();
}

void uk_sched_end(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	uk_sched_thread_count--;
	cpu->thread->sched.state = UK_SCHED_ENDED;
	cpu->ended = cpu->thread;
	switch_away();
	UK_PANIC("a thread runs after its end");
}

void uk_sched_turns(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	if (cpu->work & UK_WORK_YIELD) {
		cpu->work &= (u8)~UK_WORK_YIELD;
		uk_sched_yield();
	}
	cpu->work &= (u8)~UK_WORK_SWITCHED;
}
