/* SPDX-License-Identifier: BSD-3-Clause */
/* The waits of threads, and the sources of the host. */
#include <uk/sched.h>
#include <uk/thread.h>
#include <uk/wait.h>

static struct uk_wait_source *sources;

bool uk_wait_wake_thread(struct uk_wait_entry *entry, u32 happened)
{
	struct uk_wait *wait = entry->wait;

	/* It has not run since the last wake, which was for another event. */
	if (wait->woken)
		return false;
	wait->woken = true;
	uk_sched_wake(wait->thread);
	return true;
}

void uk_wait_add_source(struct uk_wait_source *source)
{
	source->next = sources;
	sources = source;
}

bool uk_wait_has_sources(void)
{
	for (const struct uk_wait_source *source = sources; source; source = source->next) {
		if (source->queue.first)
			return true;
	}
	return false;
}

bool uk_wait_ask_sources(void)
{
	bool news = false;

	for (struct uk_wait_source *source = sources; source; source = source->next) {
		if (source->queue.first)
			news |= source->ask(source);
	}
	return news;
}
