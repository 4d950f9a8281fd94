/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's standard streams as files: terminals where the host's are, else pipes. */
#ifndef UK_CONSOLE_H
#define UK_CONSOLE_H

#include <uk/types.h>

/* Which streams are terminals (bit n for fd n), and how large these are, in characters; 0: as they
 * are by default. */
void uk_console_configure(unsigned int terminals, u16 rows, u16 columns);
/* Makes 0, 1 and 2 the program's streams; after the root was mounted. */
void uk_console_open(void);

#endif
