/* SPDX-License-Identifier: BSD-3-Clause */
/* Classes of characters, as Linux's lib/ctype.c has them: Latin-1. */
#include "tty.h"

#define LATIN_UPPER_FIRST    0xc0 /* capital A with grave accent */
#define LATIN_LOWER_FIRST    0xdf /* sharp s */
#define LATIN_MULTIPLICATION 0xd7
#define LATIN_DIVISION	     0xf7
#define CASE_DISTANCE	     0x20

static bool is_upper(u8 byte)
{
	return (byte >= 'A' && byte <= 'Z') ||
	       (byte >= LATIN_UPPER_FIRST && byte < LATIN_LOWER_FIRST &&
		byte != LATIN_MULTIPLICATION);
}

static bool is_lower(u8 byte)
{
	return (byte >= 'a' && byte <= 'z') ||
	       (byte >= LATIN_LOWER_FIRST && byte != LATIN_DIVISION);
}

bool tty_is_control(u8 byte)
{
	return byte < ' ' || byte == 0x7f;
}

bool tty_is_alphanumeric(u8 byte)
{
	return is_upper(byte) || is_lower(byte) || (byte >= '0' && byte <= '9');
}

u8 tty_to_upper(u8 byte)
{
	return is_lower(byte) ? (u8)(byte - CASE_DISTANCE) : byte;
}

u8 tty_to_lower(u8 byte)
{
	return is_upper(byte) ? (u8)(byte + CASE_DISTANCE) : byte;
}

bool tty_is_continuation(const struct uk_tty *tty, u8 byte)
{
	return tty_input_flag(tty, IUTF8) && (byte & 0xc0) == 0x80;
}
