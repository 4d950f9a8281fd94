/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/fd_table.h>

#include "table.h"

/* Sets revents. Returns the number of descriptors with events. */
static int look(struct pollfd *polls, u32 count)
{
	int ready = 0;

	uk_timer_check();
	for (u32 i = 0; i < count; i++) {
		struct uk_file *file;

		polls[i].revents = 0;
		if (polls[i].fd < 0)
			continue;
		file = uk_fd_get(polls[i].fd);
		polls[i].revents = file ? (s16)uk_file_poll(file, polls[i].events) : POLLNVAL;
		if (file)
			uk_file_put(file);
		ready += polls[i].revents != 0;
	}
	return ready;
}

/* Waits until there are events. */
static int wait(struct pollfd *polls, u32 count, u64 deadline)
{
	struct poll_table table;
	int result = poll_table_begin(&table, count);

	if (result)
		return result;
	for (u32 i = 0; i < count; i++)
		poll_table_add(&table, polls[i].fd, polls[i].events);
	while (!result) {
		result = uk_wait_for_wake(&table.wait, deadline);
		if (!result)
			result = look(polls, count);
	}
	poll_table_end(&table);
	return result;
}

int uk_poll(struct pollfd *polls, u32 count, u64 deadline)
{
	int result = look(polls, count);

	if (!result)
		result = poll_is_over(deadline);
	/* No timer has run since the files were examined. */
	if (!result)
		result = wait(polls, count, deadline);
	return result == -ETIMEDOUT ? 0 : result;
}
