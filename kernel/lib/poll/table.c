/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/signal.h>

#include "table.h"

int poll_table_begin(struct poll_table *table, u32 files)
{
	uk_wait_begin(&table->wait);
	table->count = 0;
	table->entries = table->few;
	if (files > POLL_FEW)
		table->entries = uk_malloc(files * sizeof(*table->entries));
	return table->entries ? 0 : -ENOMEM;
}

void poll_table_add(struct poll_table *table, int fd, int events)
{
	struct uk_file *file = fd < 0 ? NULL : uk_fd_get(fd);
	struct poll_entry *entry = &table->entries[table->count];
	struct uk_wait_queue *queue;
	u32 wanted;

	if (!file)
		return;
	if (!file->operations->poll) {
		uk_file_put(file);
		return;
	}
	entry->file = file;
	wanted = (u32)events | POLLERR | POLLHUP;
	queue = file->operations->queue(file, &wanted);
	uk_wait_prepare(&entry->entry, &table->wait, wanted);
	uk_wait_add(queue, &entry->entry);
	table->count++;
}

void poll_table_end(struct poll_table *table)
{
	for (u32 i = 0; i < table->count; i++)
		uk_wait_remove(&table->entries[i].entry);
	for (u32 i = 0; i < table->count; i++)
		uk_file_put(table->entries[i].file);
	if (table->entries != table->few)
		uk_free(table->entries);
}

int poll_is_over(u64 deadline)
{
	if (uk_poll_left(deadline))
		return 0;
	return uk_signal_pending() ? -EINTR : -ETIMEDOUT;
}
