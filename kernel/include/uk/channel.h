/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channel to the host: memory that Python sees too, in which the kernel asks and the host
 * answers with commands until the matter is settled. docs/explanation/architecture.md tells the
 * protocol; the layout is generated from src/unishim/channel/layout.py.
 */
#ifndef UK_CHANNEL_H
#define UK_CHANNEL_H

#include <uk/bits/channel_layout.h>
#include <uk/essentials.h>
#include <uk/linux/signal.h>

/* NULL when this run has no channel. */
struct uk_channel_control *uk_channel_control(void);
/* The data area, UK_CHANNEL_DATA_SIZE bytes. */
void *uk_channel_data(void);

/* Tells the host an event (UK_CHANNEL_EVENT_*, with the fields set before) and waits for its
 * command, which is in the control structure then. */
void uk_channel_exchange(u32 event);
/* Tells the host, when it wants to know, that a signal ends the program, and answers its questions:
 * it writes the core file. regs is the running thread's state. */
struct __regs;
void uk_channel_end(const struct __regs *regs, const siginfo_t *information);
/* Before the program's first instruction, for the host that wants to know (EVENT_START). */
void uk_channel_tell_start(void);
/* Does a command that needs no system call (READ, READ_STRING, WRITE, MAPS, FILES) and sets
 * the control structure's result. */
void uk_channel_do(struct uk_channel_control *control);

#endif
