/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 9P2000.L on the wire. Sources: section 5 of Plan 9's manual (intro(5), walk(5), ...) for 9P2000,
 * "9P2000.L Protocol" of diod (protocol.md) and Linux's include/net/9p/9p.h for what .L adds.
 *
 *	size[4] type[1] tag[2] body
 *
 * All numbers are little-endian; a string is length[2] and its bytes.
 */
#ifndef NINEP_PROTOCOL_H
#define NINEP_PROTOCOL_H

#include <uk/essentials.h>

#define NINEP_VERSION "9P2000.L"

/* Requests; a reply's type is one more. */
enum ninep_type {
	NINEP_RLERROR = 7,
	NINEP_TSTATFS = 8,
	NINEP_TLOPEN = 12,
	NINEP_TLCREATE = 14,
	NINEP_TSYMLINK = 16,
	NINEP_TMKNOD = 18,
	NINEP_TREADLINK = 22,
	NINEP_TGETATTR = 24,
	NINEP_TSETATTR = 26,
	NINEP_TREADDIR = 40,
	NINEP_TFSYNC = 50,
	NINEP_TLOCK = 52,
	NINEP_TGETLOCK = 54,
	NINEP_TLINK = 70,
	NINEP_TMKDIR = 72,
	NINEP_TRENAMEAT = 74,
	NINEP_TUNLINKAT = 76,
	NINEP_TVERSION = 100,
	NINEP_TATTACH = 104,
	NINEP_TWALK = 110,
	NINEP_TREAD = 116,
	NINEP_TWRITE = 118,
	NINEP_TCLUNK = 120,
};

#define NINEP_HEADER	   7  /* bytes of size, type, tag */
#define NINEP_READ_HEADER  11 /* what precedes the data of Rread and Rreaddir */
#define NINEP_WRITE_HEADER 23 /* what precedes the data of Twrite */

#define NINEP_TAG    0	    /* only one request is outstanding at a time */
#define NINEP_NO_TAG 0xffff /* the tag of Tversion */
#define NINEP_NO_FID 0xffffffffu

#define NINEP_GETATTR_BASIC 0x7ffu

#define NINEP_SETATTR_MODE	0x1u
#define NINEP_SETATTR_UID	0x2u
#define NINEP_SETATTR_GID	0x4u
#define NINEP_SETATTR_SIZE	0x8u
#define NINEP_SETATTR_ATIME	0x10u
#define NINEP_SETATTR_MTIME	0x20u
#define NINEP_SETATTR_ATIME_SET 0x80u
#define NINEP_SETATTR_MTIME_SET 0x100u

/* A server's identification of a file. Equal paths mean the same file. */
struct ninep_qid {
	u8 type;
	u32 version;
	u64 path;
};

#endif
