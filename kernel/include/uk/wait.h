/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Wait queues: an object that others wait for (an open file, a pipe, an epoll set) has a queue, and
 * whoever waits for it has an entry in the queue. uk_wait_wake() tells the entries that something
 * happened. An entry either makes a waiting thread ready or calls a function (epoll(7)).
 *
 * To wait: add an entry, test the condition, wait, and test again; uk_wait_until() does all of it.
 * The kernel is not preemptible, but timers run while a thread waits; a wake between the test and
 * the wait ends the wait at once, because the entry is in the queue before the test.
 */
#ifndef UK_WAIT_H
#define UK_WAIT_H

#include <uk/cpu.h>
#include <uk/essentials.h>
#include <uk/types.h>

struct uk_thread;
struct uk_wait_entry;

/* All 0: empty. */
struct uk_wait_queue {
	struct uk_wait_entry *first, *last;
};

/* The wait of a thread, which may have entries in several queues. */
struct uk_wait {
	struct uk_thread *thread;
	bool woken;
};

struct uk_wait_entry {
	struct uk_wait_queue *queue; /* NULL: in no queue */
	struct uk_wait_entry *next, *previous;
	/* Called when one of the events has happened. Must neither wait nor change the queue. True
	 * if the event will be dealt with: then an exclusive entry keeps it from further exclusive
	 * ones. */
	bool (*wake)(struct uk_wait_entry *entry, u32 happened);
	struct uk_wait *wait; /* of the thread that is made ready; for wake */
	u32 events;	      /* POLL*: other events do not concern the entry */
	bool exclusive;	      /* set by uk_wait_add() and uk_wait_add_exclusive() */
};

/* Adds an entry whose wake and events are set. As on Linux, a new entry comes before the others; an
 * exclusive one after them, so that exclusive entries take turns. */
void uk_wait_add(struct uk_wait_queue *queue, struct uk_wait_entry *entry);
void uk_wait_add_exclusive(struct uk_wait_queue *queue, struct uk_wait_entry *entry);
/* Takes the entry out of its queue, if it is in one. */
static inline void uk_wait_remove(struct uk_wait_entry *entry)
{
	struct uk_wait_queue *queue = entry->queue;

	if (!queue)
		return;
	if (entry->previous)
		entry->previous->next = entry->next;
	else
		queue->first = entry->next;
	if (entry->next)
		entry->next->previous = entry->previous;
	else
		queue->last = entry->previous;
	entry->queue = NULL;
}

/* Takes all entries out of a queue that will be freed. */
void uk_wait_clear(struct uk_wait_queue *queue);

/* Wakes the entries that wait for one of the events, in the order of the queue, until an exclusive
 * one has been woken. */
void uk_wait_wake_entries(struct uk_wait_queue *queue, u32 events, bool all);
static inline void uk_wait_wake(struct uk_wait_queue *queue, u32 events)
{
	if (unlikely(queue->first))
		uk_wait_wake_entries(queue, events, false);
}
/* The same for all exclusive entries too: what happened stays true for everyone. */
static inline void uk_wait_wake_all(struct uk_wait_queue *queue, u32 events)
{
	if (unlikely(queue->first))
		uk_wait_wake_entries(queue, events, true);
}

/* Begins a wait of the running thread. */
static inline void uk_wait_begin(struct uk_wait *wait)
{
	wait->thread = uk_cpu_current()->thread;
	wait->woken = false;
}
/* The wake function of the entries of a thread. */
bool uk_wait_wake_thread(struct uk_wait_entry *entry, u32 happened);
/* Makes the entry one that wakes the thread. */
static inline void uk_wait_prepare(struct uk_wait_entry *entry, struct uk_wait *wait, u32 events)
{
	entry->queue = NULL;
	entry->wake = uk_wait_wake_thread;
	entry->wait = wait;
	entry->events = events;
}
/*
 * Waits until an entry of the wait is woken: 0, also if it was woken since the last return;
 * -EINTR (an unblocked signal is pending), -ETIMEDOUT (the deadline, in nanoseconds of the
 * monotonic clock, has passed; UINT64_MAX: none). May return 0 early.
 */
int uk_wait_for_wake(struct uk_wait *wait, u64 deadline);
/* The same; -EINTR also if the process is to stop, which it does not before the caller returns: for
 * callers that hold something that others wait for. */
int uk_wait_for_wake_or_stop(struct uk_wait *wait, u64 deadline);

/* A wait for one queue. Exclusive: of several such threads, a wake reaches one. */
struct uk_wait_one {
	struct uk_wait wait;
	struct uk_wait_entry entry;
};
static inline void uk_wait_begin_one(struct uk_wait_one *one, struct uk_wait_queue *queue,
				     u32 events, bool exclusive)
{
	uk_wait_begin(&one->wait);
	uk_wait_prepare(&one->entry, &one->wait, events);
	if (exclusive)
		uk_wait_add_exclusive(queue, &one->entry);
	else
		uk_wait_add(queue, &one->entry);
}
static inline void uk_wait_end_one(struct uk_wait_one *one)
{
	uk_wait_remove(&one->entry);
}

/* Waits until the condition holds, which the events of the queue can make true. 0; -EINTR,
 * -ETIMEDOUT as above: the condition did not hold. */
#define uk_wait_until(queue, events, exclusive, condition, deadline)                               \
	({                                                                                         \
		int uk_wait_error = 0;                                                             \
                                                                                                   \
		if (!(condition)) {                                                                \
			struct uk_wait_one uk_wait_one;                                            \
                                                                                                   \
			uk_wait_begin_one(&uk_wait_one, queue, events, exclusive);                 \
			while (!uk_wait_error && !(condition))                                     \
				uk_wait_error = uk_wait_for_wake(&uk_wait_one.wait, deadline);     \
			uk_wait_end_one(&uk_wait_one);                                             \
		}                                                                                  \
		uk_wait_error;                                                                     \
	})

/* What the host makes ready while the processor does something else, such as input: a queue, and a
 * function that asks for news. It is asked when the processor is idle and once per time slice, and
 * only while the queue has entries. */
struct uk_wait_source {
	struct uk_wait_queue queue;
	/* Wakes the queue, and returns true, if something has happened since the last call. */
	bool (*ask)(struct uk_wait_source *source);
	struct uk_wait_source *next;
};
/* For constructors; source stays for ever. */
void uk_wait_add_source(struct uk_wait_source *source);
/* Whether a source's queue has entries. */
bool uk_wait_has_sources(void);
/* Asks these sources; whether one of them had news. */
bool uk_wait_ask_sources(void);

#endif
