/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: guest threads take turns on the one processor, round robin. The kernel is not
 * preemptible: a thread gives up the processor when it waits, when it asks to, and on the way back
 * to the program when its time slice is over. Times are nanoseconds of the monotonic clock.
 *
 * A thread that waits for an object is in the object's queue (uk/wait.h). Nobody is woken without a
 * reason.
 */
#ifndef UK_SCHED_H
#define UK_SCHED_H

#include <uk/context.h>
#include <uk/cpu.h>

struct uk_process;
struct uk_thread;

#define UK_SCHED_SLICE_NS 10000000UL

enum uk_sched_state {
	UK_SCHED_RUNS, /* or is ready to */
	UK_SCHED_WAITS,
	UK_SCHED_ENDED,
};

/* The scheduler's data of a thread. */
struct uk_sched_thread {
	enum uk_sched_state state;
	struct uk_thread *next; /* in its queue */
	struct uk_timer timer;	/* the deadline of its wait */
	struct ukplat_context context;
	u64 ran, since; /* its time on the processor: the sum, and when the current turn began */
};

/* The number of threads, of all processes, that have not ended. */
extern unsigned int uk_sched_thread_count;
/* Whether the running thread is the only one. */
static inline bool uk_sched_is_alone(void)
{
	return uk_sched_thread_count == 1;
}

/* Adds a new thread, which is ready to run. */
void uk_sched_add(struct uk_thread *thread);

/* Makes a waiting thread ready; no effect on others. */
void uk_sched_wake(struct uk_thread *thread);
/* Waits for uk_sched_wake() or the deadline (UINT64_MAX: none). May return early. */
void uk_sched_sleep(u64 deadline);
/* Lets other ready threads run. */
void uk_sched_yield(void);

/* Nanoseconds for which a thread had the processor. */
u64 uk_sched_ran(const struct uk_thread *thread);
/* The sum for all threads of a process, also those that have ended. */
u64 uk_sched_process_ran(const struct uk_process *process);
/* Nanoseconds for which any thread had the processor. */
u64 uk_sched_busy(void);

/* Called on the way back to the program: runs other threads if the pending work says so. */
void uk_sched_turns(void);
/* Called first on the kernel stack of a new thread, when it runs for the first time. */
void uk_sched_arrive(void);
/* Ends the running thread: others run, and its remaining memory is freed. */
void uk_sched_end(void) __attribute__((noreturn));

#endif
