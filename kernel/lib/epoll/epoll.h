/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef EPOLL_EPOLL_H
#define EPOLL_EPOLL_H

#include <uk/epoll.h>
#include <uk/wait.h>

/* Flags that are not events of a file. After a one-shot event, an interest has only these left. */
#define HOW_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

struct uk_interest {
	struct uk_wait_entry entry; /* in the file's queue */
	struct epoll_set *set;
	struct uk_file *file; /* without a reference: the file's release ends the interest */
	int fd;
	u32 events;
	u64 data;
	struct uk_interest *next, *previous; /* in the set */
	struct uk_interest *next_of_file;
	bool is_ready; /* it is in the list of those that may be ready */
	struct uk_interest *next_ready, *previous_ready;
};

struct epoll_set {
	struct uk_interest *first, *last;
	struct uk_interest *first_ready, *last_ready;
	struct uk_wait_queue waits; /* threads in epoll_wait(2), all exclusive */
	struct uk_wait_queue queue; /* for those that wait for the set as a file */
	struct uk_file *file;
};

extern const struct uk_file_operations set_operations;

static inline struct epoll_set *set_of(const struct uk_file *file)
{
	return file->operations == &set_operations ? file->data : NULL;
}

/* Sets what is wanted, including EPOLL* flags. */
void interest_set_events(struct uk_interest *interest, u32 events);

/* Takes the interest out of the list of ready ones, if it is there. */
void ready_remove(struct uk_interest *interest);

/* The wake function of an interest's entry. */
bool ready_wake(struct uk_wait_entry *entry, u32 happened);
/* Called when the events of an interest were set: makes it ready if one of them holds. */
void ready_examine(struct uk_interest *interest);

/* Operations of the file of a set. */
int set_poll(struct uk_file *file, int wanted);
struct uk_wait_queue *set_queue(struct uk_file *file, u32 *events);

#endif
