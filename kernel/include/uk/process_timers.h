/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The timers of a process: three interval timers (setitimer(2)), and those of timer_create(2). They
 * send signals to the process or to one of its threads. Times are nanoseconds.
 */
#ifndef UK_PROCESS_TIMERS_H
#define UK_PROCESS_TIMERS_H

#include <uk/clock_timer.h>
#include <uk/signal.h>

#define UK_INTERVAL_TIMERS  3
#define UK_POSIX_TIMERS_MAX UK_SIGNAL_QUEUE_MAX

struct uk_interval_timer {
	struct uk_clock_timer clock_timer;
	struct uk_process *process; /* the process that gets its signal */
	int signal;
};

/* All zero before the first one is set or created. */
struct uk_process_timers {
	struct uk_interval_timer interval[UK_INTERVAL_TIMERS]; /* indexed by ITIMER_* */
	struct uk_posix_timer *posix;			       /* newest first */
	unsigned int posix_count;
	int posix_next_id; /* the number of the next one created by uk_posix_timer_create() */
};

/* The process has ended: stops and frees all of them. */
void uk_process_timers_end(struct uk_process *process);
/* execve(2): frees those of timer_create(2). */
void uk_posix_timers_delete_all(struct uk_process *process);

/* which: ITIMER_*. A value of 0 stops it. */
struct uk_timer_setting uk_interval_timer_get(const struct uk_process *process, int which);
void uk_interval_timer_set(struct uk_process *process, int which,
			   const struct uk_timer_setting *setting);

/* Creates a stopped timer with the number process->timers.posix_next_id. The clock must exist, and
 * the event must be valid. 0 or -EAGAIN: UK_POSIX_TIMERS_MAX exist, or there is no memory. */
int uk_posix_timer_create(struct uk_process *process, clockid_t clock,
			  const struct sigevent *event);
/* The next four return -EINVAL if there is no timer with this number. The second one sets it to an
 * absolute time of its clock (absolute), or to a time from now; a value of 0 stops it. */
int uk_posix_timer_get(const struct uk_process *process, int id, struct uk_timer_setting *setting);
int uk_posix_timer_set(struct uk_process *process, int id, bool absolute,
		       const struct uk_timer_setting *new, struct uk_timer_setting *old);
/* Returns the number of expirations after the one that the last delivered signal reported; at most
 * INT32_MAX. */
int uk_posix_timer_overruns(const struct uk_process *process, int id);
/* Also withdraws a pending signal of the timer. */
int uk_posix_timer_delete(struct uk_process *process, int id);

#endif
