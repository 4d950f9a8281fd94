/* SPDX-License-Identifier: BSD-3-Clause */
/* Splitting the kernel's command line into words. */
#ifndef UK_COMMAND_LINE_H
#define UK_COMMAND_LINE_H

#include <uk/types.h>

/*
 * Splits line in place at white space: '...' is literal, "..." takes \" and \\, a backslash outside
 * quotes takes the next byte. Stores at most maximum words. Returns the number of words, -EINVAL
 * (an unclosed quote, or a backslash at the end of the line), or -E2BIG (more than maximum).
 */
int uk_command_line_split(char *line, char **words, size_t maximum);

#endif
