/* SPDX-License-Identifier: BSD-3-Clause */
/* Waits that signals end. */
#include <uk/errno.h>
#include <uk/sched.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/wait.h>

int uk_wait_for_wake(struct uk_wait *wait, u64 deadline)
{
	/* This runs timers, one of which may wake the wait. Signals come before the deadline, as on
	 * Linux: ppoll(2) with a zero timeout takes the signals that its mask lets in. */
	bool interrupted = uk_signal_pending();

	if (!wait->woken) {
		if (interrupted)
			return -EINTR;
		if (deadline != UINT64_MAX && ukplat_monotonic_ns() >= deadline)
			return -ETIMEDOUT;
		uk_sched_sleep(deadline);
	}
	wait->woken = false;
	return 0;
}
