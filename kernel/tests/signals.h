/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals, for hosted tests of calls that they interrupt; complements waiting.h. Included once, by
 * the test. */
#ifndef TESTS_SIGNALS_H
#define TESTS_SIGNALS_H

#include "waiting.h"

static int signal_sent; /* the last one */

bool uk_signal_pending(void)
{
	return signal_waits;
}

bool uk_signal_is_due(void)
{
	return signal_waits;
}

int uk_signal_send(struct uk_signal_target target, const siginfo_t *information)
{
	CHECK(target.thread == uk_thread_current());
	signal_sent = information->si_signo;
	return 0;
}

void uk_signal_set_blocked(u64 blocked)
{
	uk_thread_current()->signal.blocked = blocked;
}

/* Sends a signal, as an action during a wait. */
static inline void signal_comes(void)
{
	signal_waits = true;
}

#endif
