/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channel to the host: memory shared with Python, in which the kernel reports events and the
 * host replies with commands until the event is handled. docs/explanation/architecture.md describes
 * the protocol; the layout is generated from src/unishim/channel/layout.py.
 */
#ifndef UK_CHANNEL_H
#define UK_CHANNEL_H

#include <uk/bits/channel_layout.h>
#include <uk/essentials.h>
#include <uk/linux/signal.h>

/* NULL if this run has no channel. */
struct uk_channel_control *uk_channel_control(void);
/* The data area, UK_CHANNEL_DATA_SIZE bytes. */
void *uk_channel_data(void);

/* Reports an event to the host (UK_CHANNEL_EVENT_*, with the fields set before) and waits for its
 * command, which is then in the control structure. */
void uk_channel_exchange(u32 event);
/* Reports to the host, if it wants to know, that a signal ends the program, and does its commands
 * while it writes the core file. regs is the running thread's state. */
struct __regs;
void uk_channel_end(const struct __regs *regs, const siginfo_t *information);
/* Called before the program's first instruction: reports EVENT_START to a host that wants to
 * know. */
void uk_channel_tell_start(void);
/* Does a command that needs no system call (READ, READ_STRING, WRITE, MAPS, FILES) and sets
 * the control structure's result. */
void uk_channel_do(struct uk_channel_control *control);

#endif
