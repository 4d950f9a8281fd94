/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data that exist once per processor. There is one processor, so the accessor costs nothing.
 * The fields belong to the library named next to them.
 */
#ifndef UK_CPU_H
#define UK_CPU_H

#include <uk/arch/regs.h>
#include <uk/timer.h>
#include <uk/work.h>

struct uk_process;
struct uk_thread;

/* A queue of threads. A thread is in at most one queue. */
struct uk_thread_queue {
	struct uk_thread *first, *last;
};

struct uk_cpu {
	/* The platform's entry code uses the offsets of these fields (uk/arch/cpu_offsets.h). */
	struct __regs *frame;	 /* the program's registers in the running thread */
	u64 guest_rsp;		 /* the program's stack pointer, while the entry switches stacks */
	volatile u8 timer_fired; /* see ukplat_set_timer() */
	u8 memory_is_stale;	 /* linux: the host's mappings do not follow the page tables yet */

	u8 work; /* UK_WORK_*: work due before the program continues */
	/* lib/sched */
	struct uk_thread *thread;     /* the running thread */
	struct uk_process *process;   /* its process */
	struct uk_thread *ended;      /* its stack is in use until the switch is complete */
	struct uk_thread_queue ready; /* without the running thread */
	struct uk_timer slice;
	unsigned int held; /* while it is not 0, a waiting thread keeps the processor */
	u32 switches;	   /* number of switches */
	u64 idle_ns;	   /* total time in which no thread was ready */
	/* lib/leave */
	void *extended_state; /* buffer for signal frames; NULL until first used */
};
extern struct uk_cpu uk_cpu;

static inline struct uk_cpu *uk_cpu_current(void)
{
	return &uk_cpu;
}

/* Runs the timers that are due. Called by waiting threads, and on the way back to the program. */
static inline void uk_timer_check(void)
{
	if (unlikely(uk_cpu_current()->timer_fired))
		uk_timer_run();
}

#endif
