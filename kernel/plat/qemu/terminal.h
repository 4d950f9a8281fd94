/* SPDX-License-Identifier: BSD-3-Clause */
/* The connection to the host's terminal, as ukplat_stream_read() and related functions. */
#ifndef PLAT_QEMU_TERMINAL_H
#define PLAT_QEMU_TERMINAL_H

#include <uk/types.h>

struct virtqueue;

/* Takes the queues of the terminal's port. 0, or -ENOMEM. */
int terminal_start(struct virtqueue *in, struct virtqueue *out);
/* The launcher has closed its end: waits end. */
void terminal_close(void);
/* Takes what has arrived: signals, and the news that there is input. */
void terminal_receive(void);

/* Whether ukplat_take_signals() has signals to return. */
bool terminal_has_signals(void);

ssize_t terminal_read(void *buffer, size_t length);
ssize_t terminal_write(const void *buffer, size_t length);
long terminal_control(unsigned int request, void *argument);

#endif
