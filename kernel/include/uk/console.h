/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's standard streams as files: terminals where the host's are, otherwise pipes. */
#ifndef UK_CONSOLE_H
#define UK_CONSOLE_H

#include <uk/types.h>

/* Sets which streams are terminals (bit n for fd n), and their size in characters; 0: the default
 * size. */
void uk_console_configure(unsigned int terminals, u16 rows, u16 columns);
/* Opens the program's streams as descriptors 0, 1 and 2; call it after the root was mounted. */
void uk_console_open(void);

#endif
