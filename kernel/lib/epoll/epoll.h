/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef EPOLL_EPOLL_H
#define EPOLL_EPOLL_H

#include <uk/epoll.h>

/* Flags that are not events of a file. After a one-shot event, an interest has only these left. */
#define HOW_BITS (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

struct uk_interest {
	struct epoll_set *set;
	struct uk_file *file; /* without a reference: the file's release ends the interest */
	int fd;
	u32 events;
	u64 data;
	bool fresh;			     /* report what holds now as an edge */
	u32 seen;			     /* the file's edge count when it was last examined */
	struct uk_interest *next, *previous; /* in the set */
	struct uk_interest *next_of_file;
};

struct epoll_set {
	struct uk_interest *first, *last;
	struct uk_file *file;
	u32 changes; /* changes of interests: edges of the set itself */
};

extern const struct uk_file_operations set_operations;

static inline struct epoll_set *set_of(const struct uk_file *file)
{
	return file->operations == &set_operations ? file->data : NULL;
}

void set_append(struct epoll_set *set, struct uk_interest *interest);
void set_take_out(struct uk_interest *interest);

/* Operations of the file of a set. */
int set_poll(struct uk_file *file, int wanted);
u32 set_edges(struct uk_file *file, int wanted);

#endif
