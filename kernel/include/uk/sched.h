/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scheduler: guest threads take turns on the one processor, round robin. The kernel is not
 * preemptible: a thread gives the processor away when it waits, when it asks to, and on the way to
 * the program when its time slice is over. Times are nanoseconds of the monotonic clock.
 *
 * Who waits, loops: look, give up when uk_signal_pending(), wait. A call that changes what others
 * may wait for needs to say so only when it then waits itself: after each call they look again.
 */
#ifndef UK_SCHED_H
#define UK_SCHED_H

#include <uk/context.h>
#include <uk/cpu.h>

struct uk_thread;

#define UK_SCHED_SLICE_NS 10000000UL

enum uk_sched_state {
	UK_SCHED_RUNS, /* or is ready to */
	UK_SCHED_WAITS,
	UK_SCHED_ENDED,
};

/* What hangs on a thread. */
struct uk_sched_thread {
	enum uk_sched_state state;
	bool looks;		/* waits for whatever may happen */
	struct uk_thread *next; /* in its queue */
	struct uk_timer timer;	/* the deadline of its wait */
	struct ukplat_context context;
	u64 ran, since; /* its time on the processor: the sum, and when it last got it */
};

/* Threads of all processes that have not ended. */
extern unsigned int uk_sched_thread_count;
/* No other thread can run, whatever happens. */
static inline bool uk_sched_is_alone(void)
{
	return uk_sched_thread_count == 1;
}

/* A new thread is ready. */
void uk_sched_add(struct uk_thread *thread);

/* Makes a thread ready that waits; nothing for others. */
void uk_sched_wake(struct uk_thread *thread);
/* Waits for uk_sched_wake() or the deadline (UINT64_MAX: none). May return early. */
void uk_sched_sleep(u64 deadline);
/* The same for who waits for what no one wakes him for: a call of another thread, an event of the
 * host, a timer. */
void uk_sched_wait(u64 deadline);
/* Lets others run that are ready. */
void uk_sched_yield(void);
/* The threads in uk_sched_wait() look again. */
void uk_sched_wake_waiters(void);
static inline void uk_sched_notify(void)
{
	if (unlikely(uk_cpu_current()->work & UK_WORK_WAITERS))
		uk_sched_wake_waiters();
}

/* Nanoseconds that a thread had the processor. */
u64 uk_sched_ran(const struct uk_thread *thread);

/* On the way to the program: lets other threads run when the work word says so. */
void uk_sched_turns(void);
/* First on the kernel stack of a new thread: it runs from now on. */
void uk_sched_arrive(void);
/* The running thread has ended: others run, and what is left of it is freed. */
void uk_sched_end(void) __attribute__((noreturn));

#endif
