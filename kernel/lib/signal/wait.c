/* SPDX-License-Identifier: BSD-3-Clause */
/* Waits that signals end. */
#include <uk/errno.h>
#include <uk/sched.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/wait.h>

/* Signals come before the deadline, as on Linux: ppoll(2) with a zero timeout takes the signals
 * that its mask lets in. */
static int wait_unless(bool interrupted, struct uk_wait *wait, u64 deadline)
{
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

/* The tests run timers, one of which may wake the wait. */
int uk_wait_for_wake(struct uk_wait *wait, u64 deadline)
{
	return wait_unless(uk_signal_pending(), wait, deadline);
}

int uk_wait_for_wake_or_stop(struct uk_wait *wait, u64 deadline)
{
	return wait_unless(uk_signal_is_due(), wait, deadline);
}
