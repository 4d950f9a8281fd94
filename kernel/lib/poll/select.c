/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/fd_table.h>

#include "table.h"

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

static int events_of(u32 kinds)
{
	int events = 0;

	for (u32 kind = 0; kind < KINDS; kind++)
		events |= kinds >> kind & 1 ? kind_events[kind] : 0;
	return events;
}

/* Returns the number of bits in the wanted sets: at least that of their descriptors. */
static u32 members(const struct uk_select_sets *sets)
{
	u32 count = 0;

	for (u32 word = 0; word < KINDS * sets->words; word++) {
		for (u64 bits = sets->wanted[word]; bits; bits &= bits - 1)
			count++;
	}
	return count;
}

/* Returns the number of bits set, or -EBADF. */
static int look_at(const struct uk_select_sets *sets, u32 word, u64 bit, int fd)
{
	u32 kinds = kinds_of(sets, word, bit);
	int ready, count = 0;
	struct uk_file *file;

	if (!kinds)
		return 0;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	ready = uk_file_poll(file, events_of(kinds));
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

static void add(struct poll_table *table, const struct uk_select_sets *sets, u32 fd)
{
	u32 kinds = kinds_of(sets, fd / WORD_BITS, 1UL << fd % WORD_BITS);

	if (kinds)
		poll_table_add(table, (int)fd, events_of(kinds));
}

/* Waits until a descriptor is ready. */
static int wait(const struct uk_select_sets *sets, u32 count, u64 deadline)
{
	struct poll_table table;
	int result;

	result = poll_table_begin(&table, members(sets));
	if (result)
		return result;
	for (u32 fd = 0; fd < count; fd++)
		add(&table, sets, fd);
	while (!result) {
		result = uk_wait_for_wake(&table.wait, deadline);
		if (!result)
			result = look(sets, count);
	}
	poll_table_end(&table);
	return result;
}

int uk_select(const struct uk_select_sets *sets, u32 count, u64 deadline)
{
	int result = look(sets, count);

	if (!result)
		result = poll_is_over(deadline);
	/* No timer has run since the files were examined. */
	if (!result)
		result = wait(sets, count, deadline);
	return result == -ETIMEDOUT ? 0 : result;
}
