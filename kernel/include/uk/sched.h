/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: guest threads take turns on the one processor, round robin. The kernel is not
 * preemptible: a thread gives up the processor when it waits, when it asks to, and on the way back
 * to the program when its time slice is over. Times are nanoseconds of the monotonic clock.
 *
 * To wait, loop: check the condition, return if uk_signal_pending(), then wait. A call that changes
 * a condition that others may wait for needs to notify them only if it then waits itself: after
 * each call, waiting threads check again.
 */
#ifndef UK_SCHED_H
#define UK_SCHED_H

#include <uk/context.h>
#include <uk/timer.h>
#include <uk/work.h>

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
	bool looks;		/* waits for any event */
	struct uk_thread *next; /* in its queue */
	struct uk_timer timer;	/* the deadline of its wait */
	struct ukplat_context context;
	u64 ran, since; /* its time on the processor: the sum, and when the current turn began */
};

extern unsigned int uk_thread_count;
/* Number of switches. */
extern u32 uk_sched_switches;
/* While it is not 0, a waiting thread keeps the processor. */
extern unsigned int uk_sched_held;
/* Total time in which no thread was ready. */
extern u64 uk_sched_idle_ns;

/* Makes a waiting thread ready; no effect on others. */
void uk_sched_wake(struct uk_thread *thread);
/* Waits for uk_sched_wake() or the deadline (UINT64_MAX: none). May return early. */
void uk_sched_sleep(u64 deadline);
/* The same, for events that nobody signals with uk_sched_wake(): a call of another thread, an event
 * of the host, a timer. */
void uk_sched_wait(u64 deadline);
/* Lets other ready threads run. */
void uk_sched_yield(void);
/* Makes the threads in uk_sched_wait() check again. */
void uk_sched_wake_waiters(void);
static inline void uk_sched_notify(void)
{
	if (unlikely(uk_work_pending & UK_WORK_WAITERS))
		uk_sched_wake_waiters();
}

/* Nanoseconds for which a thread had the processor. */
u64 uk_sched_ran(const struct uk_thread *thread);

/* Called on the way back to the program if uk_work_pending: runs other threads, then delivers
 * signals (uk/signal.h). */
void uk_sched_work(struct __regs *regs);
/* The first function on the kernel stack of a new thread (uk/context.h). */
void uk_sched_begin(struct __regs *regs) __attribute__((noreturn));

#endif
