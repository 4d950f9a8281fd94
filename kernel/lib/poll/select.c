/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/poll.h>

#define WORD_BITS 64
#define KINDS	  UK_SELECT_KINDS

/* Which events make a descriptor ready in the set of each kind (Linux, fs/select.c). */
static const int kind_events[KINDS] = {
	POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
	POLLWRNORM | POLLWRBAND | POLLOUT | POLLERR,
	POLLPRI,
};

static u32 kinds_of(const struct uk_select_sets *sets, u32 word, u64 bit)
{
	u32 kinds = 0;

	for (u32 kind = 0; kind < KINDS; kind++) {
		if (sets->wanted[kind * sets->words + word] & bit)
			kinds |= 1u << kind;
	}
	return kinds;
}

/* Returns the number of bits set, or -EBADF. */
static int look_at(const struct uk_select_sets *sets, u32 word, u64 bit, int fd)
{
	u32 kinds = kinds_of(sets, word, bit);
	int events = 0, ready, count = 0;
	struct uk_file *file;

	if (!kinds)
		return 0;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	for (u32 kind = 0; kind < KINDS; kind++)
		events |= kinds >> kind & 1 ? kind_events[kind] : 0;
	ready = uk_file_poll(file, events);
	uk_file_put(file);
	for (u32 kind = 0; kind < KINDS; kind++) {
		if (kinds >> kind & 1 && ready & kind_events[kind]) {
			sets->ready[kind * sets->words + word] |= bit;
			count++;
		}
	}
	return count;
}

static int look(const struct uk_select_sets *sets, u32 count)
{
	int ready = 0;

	uk_timer_check();
	for (u32 fd = 0; fd < count; fd++) {
		int bits = look_at(sets, fd / WORD_BITS, 1UL << fd % WORD_BITS, (int)fd);

		if (bits < 0)
			return bits;
		ready += bits;
	}
	return ready;
}

int uk_select(const struct uk_select_sets *sets, u32 count, s64 deadline)
{
	for (;;) {
		int ready = look(sets, count), error;

		if (ready)
			return ready;
		error = uk_poll_wait(deadline);
		if (error)
			return error == -ETIMEDOUT ? 0 : error;
	}
}
