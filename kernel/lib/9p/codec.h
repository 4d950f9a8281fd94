/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Putting messages together and taking them apart. Nothing is written or read behind the end: the
 * first field that does not fit makes the whole message bad, which is asked for once, at the end.
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

/* A message's header in a buffer of size bytes; its size comes with ninep_write_end(). */
void ninep_write_begin(struct ninep_writer *writer, void *buffer, size_t size, u8 type, u16 tag);
void ninep_write_u8(struct ninep_writer *writer, u8 value);
void ninep_write_u16(struct ninep_writer *writer, u16 value);
void ninep_write_u32(struct ninep_writer *writer, u32 value);
void ninep_write_u64(struct ninep_writer *writer, u64 value);
void ninep_write_string(struct ninep_writer *writer, const char *text);
/* The bytes of the message up to here, or 0 when something did not fit; `behind` more follow it. */
size_t ninep_write_end(struct ninep_writer *writer, size_t behind);

/* A whole message of `size` bytes: its body. False when it is none, or its own size is another. */
bool ninep_read_begin(struct ninep_reader *reader, const void *message, size_t size, u8 *type,
		      u16 *tag);
/* What does not lie in the message is 0. */
u8 ninep_read_u8(struct ninep_reader *reader);
u16 ninep_read_u16(struct ninep_reader *reader);
u32 ninep_read_u32(struct ninep_reader *reader);
u64 ninep_read_u64(struct ninep_reader *reader);
/* Points into the message, not terminated; its length in *length. */
const char *ninep_read_string(struct ninep_reader *reader, u16 *length);
void ninep_read_qid(struct ninep_reader *reader, struct ninep_qid *qid);

#endif
