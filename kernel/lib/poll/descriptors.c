/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/poll.h>

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

int uk_poll(struct pollfd *polls, u32 count, s64 deadline)
{
	for (;;) {
		int ready = look(polls, count), error;

		if (ready)
			return ready;
		error = uk_poll_wait(deadline);
		if (error)
			return error == -ETIMEDOUT ? 0 : error;
	}
}
