/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Encoding and decoding of messages. Nothing is written or read past the end: the first field that
 * does not fit marks the whole message as bad, which the caller checks once, at the end.
 */
#ifndef NINEP_CODEC_H
#define NINEP_CODEC_H

#include "protocol.h"

struct ninep_writer {
	u8 *start, *at, *end;
	bool bad;
};

struct ninep_reader {
	const u8 *at, *end;
	bool bad;
};

/* Writes a message header into a buffer of size bytes; ninep_write_end() fills in the message's
 * size. */
void ninep_write_begin(struct ninep_writer *writer, void *buffer, size_t size, u8 type, u16 tag);
void ninep_write_u8(struct ninep_writer *writer, u8 value);
void ninep_write_u16(struct ninep_writer *writer, u16 value);
void ninep_write_u32(struct ninep_writer *writer, u32 value);
void ninep_write_u64(struct ninep_writer *writer, u64 value);
void ninep_write_string(struct ninep_writer *writer, const char *text);
/* Returns the bytes of the message so far, or 0 if a field did not fit; `behind` more bytes follow
 * it. */
size_t ninep_write_end(struct ninep_writer *writer, size_t behind);

/* Starts reading the body of a whole message of `size` bytes. False if it is malformed or states a
 * different size. */
bool ninep_read_begin(struct ninep_reader *reader, const void *message, size_t size, u8 *type,
		      u16 *tag);
/* A field past the end of the message reads as 0. */
u8 ninep_read_u8(struct ninep_reader *reader);
u16 ninep_read_u16(struct ninep_reader *reader);
u32 ninep_read_u32(struct ninep_reader *reader);
u64 ninep_read_u64(struct ninep_reader *reader);
/* Points into the message, not terminated; *length is its length. */
const char *ninep_read_string(struct ninep_reader *reader, u16 *length);
void ninep_read_qid(struct ninep_reader *reader, struct ninep_qid *qid);

#endif
