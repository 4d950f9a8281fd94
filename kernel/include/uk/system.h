/* SPDX-License-Identifier: BSD-3-Clause */
/* What uname(2) and /proc report about the machine. */
#ifndef UK_SYSTEM_H
#define UK_SYSTEM_H

#include <uk/linux/system.h>

#define UK_CLOCK_TICKS 100 /* per second, in values for programs (Linux's USER_HZ) */

extern const struct utsname uk_system_name;

/* The kernel's command line, for /proc/cmdline. The string is not copied and must stay valid. */
void uk_system_set_command_line(const char *line);
const char *uk_system_command_line(void);

#endif
