/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for files: the common part of poll(2), select(2) and epoll(7). */
#ifndef UK_POLL_H
#define UK_POLL_H

#include <uk/clock.h>
#include <uk/file.h>

/* Returns the events of POLL* that hold now, among those in wanted, POLLERR and POLLHUP. */
static inline int uk_file_poll(struct uk_file *file, int wanted)
{
	if (!file->operations->poll)
		return wanted & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
	return file->operations->poll(file, wanted);
}

/* Nanoseconds of CLOCK_MONOTONIC until which to wait, and how many of them are left; UINT64_MAX
 * means no deadline, as does a negative timeout. */
u64 uk_poll_deadline(s64 timeout);
s64 uk_poll_left(u64 deadline);

/* poll(2): checks the descriptors until one has events, which are stored in revents, or the
 * deadline passes. Returns the number of descriptors with events, 0 at the deadline, -EINTR, or
 * -ENOMEM. */
int uk_poll(struct pollfd *polls, u32 count, u64 deadline);

/* Sets of descriptors, one bit per descriptor. */
#define UK_SELECT_KINDS 3 /* readable, writable, exceptional */
struct uk_select_sets {
	u32 words;   /* of each set */
	u64 *wanted; /* UK_SELECT_KINDS sets, one after the other */
	u64 *ready;  /* results, of the same size; initially zero */
};
/* select(2): checks the first count descriptors of the sets until one is ready, and sets its bit in
 * `ready`, or until the deadline passes. Returns the number of bits set, 0 at the deadline, -EBADF
 * (a descriptor is not open), -EINTR or -ENOMEM. */
int uk_select(const struct uk_select_sets *sets, u32 count, u64 deadline);

/* Sets a signal mask for the duration of a wait (ppoll(2)). end returns the result, which is -EINTR
 * if the signal's handler is to run under the mask of the wait. */
void uk_poll_begin_mask(u64 mask);
long uk_poll_end_mask(long result);

#endif
