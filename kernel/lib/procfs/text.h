/* SPDX-License-Identifier: BSD-3-Clause */
/* Text that grows while it is written. */
#ifndef PROCFS_TEXT_H
#define PROCFS_TEXT_H

#include <uk/essentials.h>

struct text {
	char *data; /* the heap's */
	size_t length, size;
	bool failed; /* memory was short: the text is not whole */
};

/* Room for size more bytes at data + length, or NULL (failed is set). */
char *text_room(struct text *text, size_t size);
void text_put(struct text *text, const void *bytes, size_t length);
/* As printf(), of uk/string.h's formats. */
void text_print(struct text *text, const char *format, ...) __printf(2, 3);
/* A string in which each byte of special is written as a backslash and three octal digits. */
void text_put_escaped(struct text *text, const char *string, const char *special);
void text_free(struct text *text);

#endif
