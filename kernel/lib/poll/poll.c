/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/timer.h>

u64 uk_poll_deadline(s64 timeout)
{
	u64 deadline;

	if (timeout < 0 ||
	    __builtin_add_overflow((u64)timeout, (u64)uk_clock_read(CLOCK_MONOTONIC), &deadline))
		return UINT64_MAX;
	return deadline;
}

s64 uk_poll_left(u64 deadline)
{
	u64 now = (u64)uk_clock_read(CLOCK_MONOTONIC);

	return deadline > now ? (s64)MIN(deadline - now, (u64)INT64_MAX) : 0;
}

void uk_poll_begin_mask(u64 mask)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;

	state->saved_blocked = state->blocked;
	uk_signal_set_blocked(mask);
}

long uk_poll_end_mask(long result)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;

	/* The signal is delivered under the new mask; its frame restores the old one. */
	if (result == -EINTR)
		state->restore_blocked = true;
	else
		uk_signal_set_blocked(state->saved_blocked);
	return result;
}
