/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/string.h>

#include "text.h"

#define SIZE_AT_START 1024
#define LINE_MAX      512 /* the room that text_print() allocates first */

char *text_room(struct text *text, size_t size)
{
	size_t needed = text->length + size, new_size = MAX(text->size, (size_t)SIZE_AT_START);
	char *data;

	if (text->failed)
		return NULL;
	if (needed > text->size) {
		while (new_size < needed)
			new_size *= 2;
		data = uk_malloc(new_size);
		if (!data) {
			text->failed = true;
			return NULL;
		}
		memcpy(data, text->data ? text->data : "", text->length);
		uk_free(text->data);
		text->data = data;
		text->size = new_size;
	}
	return text->data + text->length;
}

void text_put(struct text *text, const void *bytes, size_t length)
{
	char *room = text_room(text, length);

	if (!room)
		return;
	memcpy(room, bytes, length);
	text->length += length;
}

void text_print(struct text *text, const char *format, ...)
{
	size_t room = LINE_MAX, length;
	va_list arguments;
	char *at;

	for (;;) {
		at = text_room(text, room);
		if (!at)
			return;
		va_start(arguments, format);
		length = (size_t)uk_vsnprintf(at, room, format, arguments);
		va_end(arguments);
		if (length < room)
			break;
		room = length + 1;
	}
	text->length += length;
}

void text_put_escaped(struct text *text, const char *string, const char *special)
{
	for (; *string; string++) {
		if (strchr(special, *string))
			text_print(text, "\\%03o", (u8)*string);
		else
			text_put(text, string, 1);
	}
}

void text_free(struct text *text)
{
	uk_free(text->data);
	*text = (struct text){0};
}
