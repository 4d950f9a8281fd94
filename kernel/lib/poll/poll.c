/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/timer.h>

s64 uk_poll_deadline(s64 timeout)
{
	s64 deadline;

	if (timeout < 0 ||
	    __builtin_add_overflow(timeout, uk_clock_read(CLOCK_MONOTONIC), &deadline))
		return INT64_MAX;
	return deadline;
}

s64 uk_poll_left(s64 deadline)
{
	return deadline == INT64_MAX ? deadline
				     : MAX(deadline - uk_clock_read(CLOCK_MONOTONIC), 0L);
}

int uk_poll_wait(s64 deadline)
{
	u32 runs = uk_timer_runs;

	/* Before the deadline, as Linux does: ppoll(2) with a zero timeout takes the signals that
	 * its mask lets in. */
	if (uk_signal_pending())
		return -EINTR;
	if (uk_poll_left(deadline) == 0)
		return -ETIMEDOUT;
	/* A timer that has just run may be the event that the caller waits for. */
	if (uk_timer_runs == runs)
		uk_sched_wait(deadline == INT64_MAX ? UINT64_MAX : (u64)deadline);
	return 0;
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
