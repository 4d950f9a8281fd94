/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <uk/console.h>
#include <uk/device.h>
#include <uk/linux/terminal.h>

/* Linux, Documentation/admin-guide/devices.txt. */
#define TERMINAL_NUMBER uk_device_number(5, 0)
#define CONSOLE_NUMBER	uk_device_number(5, 1)

/* For the program's streams and the terminal's devices; file->number is the stream. */
extern const struct uk_file_operations console_operations;

/* Whether a stream is a terminal. */
bool terminal_is_stream(unsigned int stream);
/* Whether there is a controlling terminal. */
bool terminal_is_controlling(void);
/* Nanoseconds after which a read of the stream returns 0 without input (termios(3): VMIN is 0);
 * UINT64_MAX: never. */
u64 terminal_read_timeout(unsigned int stream);
/* own.c: the terminal of the run as the machine's own. Its mode and this size become the
 * machine's. */
void own_configure(const struct winsize *size);
/* NULL: the run has none, or it stays the host's. */
struct uk_tty *own_terminal(void);
/* Called with the host's signals, and when there may be input. */
void own_take_signals(u64 signals);
/* The operation of the streams; those that are not terminals only have FIONREAD. */
long terminal_ioctl(struct uk_file *file, unsigned int request, void __user *argument);

#endif
