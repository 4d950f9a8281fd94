/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef SIGNAL_SIGNAL_H
#define SIGNAL_SIGNAL_H

#include <uk/process.h>
#include <uk/signal.h>

/* state.c: drops pending signals of the process and of its threads. */
void signal_discard(struct uk_process *process, u64 signals);
/* stop.c: what sending a signal does to a process at once, whether or not it is blocked or ignored
 * (Linux, prepare_signal()). */
void signal_prepare(struct uk_process *process, int signal);

#endif
