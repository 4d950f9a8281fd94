/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/string.h>

#include "codec.h"

/* The kernel runs only on little-endian machines (arch/x86_64). */
static void put(struct ninep_writer *writer, const void *bytes, size_t size)
{
	if (writer->bad || size > (size_t)(writer->end - writer->at)) {
		writer->bad = true;
		return;
	}
	memcpy(writer->at, bytes, size);
	writer->at += size;
}

void ninep_write_u8(struct ninep_writer *writer, u8 value)
{
	put(writer, &value, sizeof(value));
}

void ninep_write_u16(struct ninep_writer *writer, u16 value)
{
	put(writer, &value, sizeof(value));
}

void ninep_write_u32(struct ninep_writer *writer, u32 value)
{
	put(writer, &value, sizeof(value));
}

void ninep_write_u64(struct ninep_writer *writer, u64 value)
{
	put(writer, &value, sizeof(value));
}

void ninep_write_string(struct ninep_writer *writer, const char *text)
{
	size_t length = strlen(text);

	if (length > UINT16_MAX) {
		writer->bad = true;
		return;
	}
	ninep_write_u16(writer, (u16)length);
	put(writer, text, length);
}

void ninep_write_begin(struct ninep_writer *writer, void *buffer, size_t size, u8 type, u16 tag)
{
	*writer = (struct ninep_writer){buffer, buffer, (u8 *)buffer + size, false};
	ninep_write_u32(writer, 0);
	ninep_write_u8(writer, type);
	ninep_write_u16(writer, tag);
}

size_t ninep_write_end(struct ninep_writer *writer, size_t behind)
{
	size_t size = (size_t)(writer->at - writer->start);
	u32 whole = (u32)(size + behind);

	if (writer->bad)
		return 0;
	memcpy(writer->start, &whole, sizeof(whole));
	return size;
}

static void get(struct ninep_reader *reader, void *value, size_t size)
{
	if (reader->bad || size > (size_t)(reader->end - reader->at)) {
		reader->bad = true;
		return;
	}
	memcpy(value, reader->at, size);
	reader->at += size;
}

u8 ninep_read_u8(struct ninep_reader *reader)
{
	u8 value = 0;

	get(reader, &value, sizeof(value));
	return value;
}

u16 ninep_read_u16(struct ninep_reader *reader)
{
	u16 value = 0;

	get(reader, &value, sizeof(value));
	return value;
}

u32 ninep_read_u32(struct ninep_reader *reader)
{
	u32 value = 0;

	get(reader, &value, sizeof(value));
	return value;
}

u64 ninep_read_u64(struct ninep_reader *reader)
{
	u64 value = 0;

	get(reader, &value, sizeof(value));
	return value;
}

const char *ninep_read_string(struct ninep_reader *reader, u16 *length)
{
	const char *text;

	*length = ninep_read_u16(reader);
	if (reader->bad || *length > reader->end - reader->at) {
		reader->bad = true;
		*length = 0;
	}
	text = (const char *)reader->at;
	reader->at += *length;
	return text;
}

void ninep_read_qid(struct ninep_reader *reader, struct ninep_qid *qid)
{
	qid->type = ninep_read_u8(reader);
	qid->version = ninep_read_u32(reader);
	qid->path = ninep_read_u64(reader);
}

bool ninep_read_begin(struct ninep_reader *reader, const void *message, size_t size, u8 *type,
		      u16 *tag)
{
	*reader = (struct ninep_reader){message, (const u8 *)message + size, false};
	if (ninep_read_u32(reader) != size)
		reader->bad = true;
	*type = ninep_read_u8(reader);
	*tag = ninep_read_u16(reader);
	return !reader->bad;
}
