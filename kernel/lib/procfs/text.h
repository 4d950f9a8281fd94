/* SPDX-License-Identifier: BSD-3-Clause */
/* Text that grows while it is written. */
#ifndef PROCFS_TEXT_H
#define PROCFS_TEXT_H

#include <uk/essentials.h>

struct text {
	char *data; /* allocated on the heap */
	size_t length, size;
	bool failed; /* out of memory: the text is incomplete */
};

/* Makes room for size more bytes at data + length, or returns NULL (failed is set). */
char *text_room(struct text *text, size_t size);
void text_put(struct text *text, const void *bytes, size_t length);
/* Like printf(), with the formats of uk/string.h. */
void text_print(struct text *text, const char *format, ...) __printf(2, 3);
/* Writes a string with each byte of special replaced by a backslash and three octal digits. */
void text_put_escaped(struct text *text, const char *string, const char *special);
void text_free(struct text *text);

#endif
