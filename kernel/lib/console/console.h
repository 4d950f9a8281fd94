/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <uk/console.h>
#include <uk/device.h>

/* Linux, Documentation/admin-guide/devices.txt. */
#define TERMINAL_NUMBER uk_device_number(5, 0)
#define CONSOLE_NUMBER	uk_device_number(5, 1)

/* For the program's streams and the terminal's devices; file->number is the stream. */
extern const struct uk_file_operations console_operations;

/* Whether a stream is the terminal. */
bool terminal_is_stream(unsigned int stream);
/* The operation of the streams; those that are not the terminal only have FIONREAD. */
long terminal_ioctl(struct uk_file *file, unsigned int request, void __user *argument);

#endif
