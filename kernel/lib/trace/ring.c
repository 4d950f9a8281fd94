/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Allocation in the ring. Records are contiguous: one that does not fit before the end is placed at
 * the start. The kernel owns the head, the host the tail; if they are equal, the ring is empty.
 */
#include <uk/channel.h>
#include <uk/clock_page.h>
#include <uk/init.h>
#include <uk/plat.h>
#include <uk/trace.h>

struct uk_trace uk_trace;

static u64 ring_start(void)
{
	return uk_trace.control->ring_address;
}

static u64 ring_end(void)
{
	return ring_start() + UK_CHANNEL_RING_SIZE;
}

/* For the host, which converts ticks to nanoseconds. */
static void put_clock(void)
{
	const struct uk_clock_page *page = ukplat_clock_page();

	uk_trace.control->base_ticks = page->base_ticks;
	uk_trace.control->base_ns = page->base_ns;
	uk_trace.control->scale = page->scale;
}

/* Sets the limit for the current head; false if a record of maximum size does not fit. */
static bool set_limit(u64 tail)
{
	u64 head = uk_trace.control->head;

	if (head >= tail)
		uk_trace.limit = ring_end() - UK_CHANNEL_RECORD_MAX;
	else
		uk_trace.limit = tail - UK_CHANNEL_RECORD_MAX - sizeof(u64);
	return head <= uk_trace.limit;
}

void uk_trace_make_room(void)
{
	struct uk_channel_control *control = uk_trace.control;

	for (;;) {
		u64 tail = __atomic_load_n(&control->tail, __ATOMIC_ACQUIRE);

		if (set_limit(tail))
			return;
		if (control->head >= tail && tail > ring_start() + UK_CHANNEL_RECORD_MAX) {
			struct uk_trace_record *record = (void *)control->head;

			/* No mark is needed at the very end. */
			if (control->head < ring_end())
				record->kind = UK_CHANNEL_RECORD_WRAP;
			__atomic_store_n(&control->head, ring_start(), __ATOMIC_RELEASE);
			continue;
		}
		put_clock();
		ukplat_channel_notify(UK_CHANNEL_BELL_RING);
		/* The host advances in steps of eight bytes: the low half changes whenever the tail
		 * does. */
		ukplat_channel_wait((const u32 *)&control->tail, (u32)tail);
	}
}

void uk_trace_finish(void)
{
	if (uk_trace.control)
		put_clock();
}

static int start_trace(void)
{
	uk_trace.control = uk_channel_control();
	if (uk_trace.control) {
		uk_trace.timed = uk_trace.control->timed;
		set_limit(uk_trace.control->tail);
		put_clock();
	}
	return 0;
}
UK_INIT(UK_INIT_CLASS_LIB, start_trace);
