/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that poll(2) or select(2) waits for. */
#ifndef POLL_TABLE_H
#define POLL_TABLE_H

#include <uk/poll.h>

#define POLL_FEW 6 /* as many need no memory */

struct poll_entry {
	struct uk_wait_entry entry;
	struct uk_file *file; /* with a reference, as on Linux: closing it does not end the wait */
};

struct poll_table {
	struct uk_wait wait;
	struct poll_entry *entries;
	u32 count;
	struct poll_entry few[POLL_FEW];
};

/* Begins a wait for up to `files` files: 0, -ENOMEM. poll_table_end() ends it. */
int poll_table_begin(struct poll_table *table, u32 files);
/* Adds an open descriptor to the wait; no effect for others. */
void poll_table_add(struct poll_table *table, int fd, int events);
void poll_table_end(struct poll_table *table);

/* What a wait without ready files returns at once: -ETIMEDOUT or -EINTR if the deadline has passed,
 * otherwise 0. */
int poll_is_over(u64 deadline);

#endif
