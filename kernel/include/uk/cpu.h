/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What exists once per processor. There is one processor, so the accessor costs nothing; the fields
 * belong to the library named beside them.
 */
#ifndef UK_CPU_H
#define UK_CPU_H

#include <uk/arch/regs.h>
#include <uk/timer.h>
#include <uk/work.h>

struct uk_process;
struct uk_thread;

/* Threads in a row. A thread is in one queue at most. */
struct uk_thread_queue {
	struct uk_thread *first, *last;
};

struct uk_cpu {
	/* The platform's entry code knows these by their offsets (uk/arch/cpu_offsets.h). */
	struct __regs *frame;	 /* of the running thread: the program's registers */
	u64 guest_rsp;		 /* of the program, while the entry switches stacks */
	volatile u8 timer_fired; /* see ukplat_set_timer() */
	u8 memory_is_stale;	 /* linux: the host's mappings do not follow the page tables yet */

	u8 work; /* UK_WORK_*: due before the program runs on */
	/* lib/sched */
	struct uk_thread *thread;     /* the one that runs */
	struct uk_process *process;   /* its process */
	struct uk_thread *ended;      /* its stack is in use until the switch is done */
	struct uk_thread_queue ready; /* without the one that runs */
	struct uk_timer slice;
	unsigned int held; /* while it is not 0, waits keep the processor */
	u32 switches;	   /* grows with each switch */
	u32 timer_runs;	   /* uk_timer_runs, as the waiting threads know it */
	u64 idle_ns;	   /* for how long no thread was ready */
	/* lib/leave */
	void *extended_state; /* scratch area for signal frames; NULL until it is needed */
};
extern struct uk_cpu uk_cpu;

static inline struct uk_cpu *uk_cpu_current(void)
{
	return &uk_cpu;
}

/* Calls the timers that are due: for threads that wait, and on the way to the program. */
static inline void uk_timer_check(void)
{
	if (unlikely(uk_cpu_current()->timer_fired))
		uk_timer_run();
}

#endif
