/* SPDX-License-Identifier: BSD-3-Clause */
/* Intel SDM volume 2, chapter 2 (formats) and appendix A (opcode maps); AMD APM volume 3. */
#include "instruction.h"

#include <uk/errno.h>
#include <uk/essentials.h>
#include <uk/string.h>

/*
 * What follows an opcode:
 *	-  nothing		m  ModR/M		x  not an instruction
 *	b  8-bit immediate	B  ModR/M and b		w  16-bit immediate
 *	z  16 or 32 bits	Z  ModR/M and z		v  16, 32 or 64 bits
 *	r  8-bit branch		R  32-bit branch	o  address of 32 or 64 bits
 *	t  ModR/M, for reg 0 and 1 an 8-bit immediate	T  the same with z
 *	e  24 bits (enter)
 * Prefixes and escapes are handled before.
 */
static const char one_byte_map[] = "mmmmbzxxmmmmbzxx"  /* 00 */
				   "mmmmbzxxmmmmbzxx"  /* 10 */
				   "mmmmbzxxmmmmbzxx"  /* 20 */
				   "mmmmbzxxmmmmbzxx"  /* 30 */
				   "xxxxxxxxxxxxxxxx"  /* 40 */
				   "----------------"  /* 50 */
				   "xxxmxxxxzZbB----"  /* 60 */
				   "rrrrrrrrrrrrrrrr"  /* 70 */
				   "BZxBmmmmmmmmmmmm"  /* 80 */
				   "----------x-----"  /* 90 */
				   "oooo----bz------"  /* a0 */
				   "bbbbbbbbvvvvvvvv"  /* b0 */
				   "BBw-xxBZe-w--bx-"  /* c0 */
				   "mmmmxxx-mmmmmmmm"  /* d0 */
				   "rrrrbbbbRRxr----"  /* e0 */
				   "x-xx--tT------mm"; /* f0 */

static const char two_byte_map[] = "mmmmx-----x-xm-x"  /* 0f 00 */
				   "mmmmmmmmmmmmmmmm"  /* 0f 10 */
				   "xxxxxxxxmmmmmmmm"  /* 0f 20 */
				   "------x-xxxxxxxx"  /* 0f 30 */
				   "mmmmmmmmmmmmmmmm"  /* 0f 40 */
				   "mmmmmmmmmmmmmmmm"  /* 0f 50 */
				   "mmmmmmmmmmmmmmmm"  /* 0f 60 */
				   "BBBBmmm-xxxxmmmm"  /* 0f 70 */
				   "RRRRRRRRRRRRRRRR"  /* 0f 80 */
				   "mmmmmmmmmmmmmmmm"  /* 0f 90 */
				   "---mBmxx---mBmmm"  /* 0f a0 */
				   "mmmmmmmmmmBmmmmm"  /* 0f b0 */
				   "mmBmBBBm--------"  /* 0f c0 */
				   "mmmmmmmmmmmmmmmm"  /* 0f d0 */
				   "mmmmmmmmmmmmmmmm"  /* 0f e0 */
				   "mmmmmmmmmmmmmmmm"; /* 0f f0 */

enum opcode_map { MAP_ONE_BYTE, MAP_0F, MAP_0F38, MAP_0F3A, MAP_EVEX5 = 5, MAP_EVEX6 };

enum encoding { LEGACY, VEX, EVEX };

/* Prefixes are identified by their index here: bit i of decoding.prefixes is for prefixes[i]. */
static const u8 prefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};

#define PREFIX_OPERAND_SIZE 1
#define PREFIX_ADDRESS_SIZE 2
#define PREFIX_REPEAT_NOT   4
#define PREFIX_REPEAT	    8
#define PREFIX_LOCK	    16
#define PREFIX_MANDATORY    (PREFIX_OPERAND_SIZE | PREFIX_REPEAT_NOT | PREFIX_REPEAT | PREFIX_LOCK)

#define REX_B 1
#define REX_W 8

struct decoding {
	const u8 *bytes;
	size_t available;
	size_t offset;
	enum encoding encoding;
	enum opcode_map map;
	unsigned int prefixes;
	u8 rex; /* 0: none */
	u8 opcode;
	u8 modrm;
	u8 rip_relative;
};

static int next_byte(struct decoding *d)
{
	return d->offset < d->available ? d->bytes[d->offset++] : -ENODATA;
}

static unsigned int prefix_bit(u8 byte)
{
	const u8 *place = memchr(prefixes, byte, sizeof(prefixes));

	return place ? 1u << (place - prefixes) : 0;
}

static bool is_rex(int byte)
{
	return (byte & 0xf0) == 0x40;
}

bool instruction_is_prefix(u8 byte)
{
	return is_rex(byte) || prefix_bit(byte);
}

/* Reads prefixes; returns the byte after them. */
static int read_prefixes(struct decoding *d)
{
	for (;;) {
		int byte = next_byte(d);
		unsigned int bit;

		if (byte < 0)
			return byte;
		bit = prefix_bit((u8)byte);
		if (bit) {
			d->prefixes |= bit;
			d->rex = 0; /* REX is effective only directly before the opcode */
		} else if (is_rex(byte)) {
			d->rex = (u8)byte;
		} else {
			return byte;
		}
	}
}

/* Reads the rest of a VEX or EVEX prefix. */
static int read_vector_prefix(struct decoding *d, u8 first)
{
	size_t size = first == 0xc5 ? 1 : first == 0xc4 ? 2 : 3;
	const u8 *payload = d->bytes + d->offset;
	bool known;

	if (d->rex || (d->prefixes & PREFIX_MANDATORY))
		return -EINVAL;
	if (d->available - d->offset < size)
		return -ENODATA;
	d->offset += size;
	d->encoding = first == 0x62 ? EVEX : VEX;
	if (first == 0xc5) {
		d->map = MAP_0F;
		return 0;
	}
	d->map = payload[0] & (first == 0xc4 ? 0x1f : 0x07);
	if (d->map >= MAP_0F && d->map <= MAP_0F3A)
		known = true;
	else
		known = first == 0x62 && (d->map == MAP_EVEX5 || d->map == MAP_EVEX6);
	/* Bits to which APX has given a meaning. */
	if (first == 0x62 && ((payload[0] & 0x08) || !(payload[1] & 0x04)))
		known = false;
	return known ? 0 : -EINVAL;
}

static int read_opcode(struct decoding *d)
{
	int byte = read_prefixes(d);

	if (byte < 0)
		return byte;
	if (byte == 0xc4 || byte == 0xc5 || byte == 0x62) {
		byte = read_vector_prefix(d, (u8)byte);
		if (byte == 0)
			byte = next_byte(d);
	} else if (byte == 0x0f) {
		d->map = MAP_0F;
		byte = next_byte(d);
		if (byte == 0x38 || byte == 0x3a) {
			d->map = byte == 0x38 ? MAP_0F38 : MAP_0F3A;
			byte = next_byte(d);
		}
	}
	if (byte < 0)
		return byte;
	d->opcode = (u8)byte;
	return 0;
}

/* Returns what follows the opcode: a letter of the tables above. */
static char operands(const struct decoding *d)
{
	char kind = 'm';

	if (d->map == MAP_ONE_BYTE)
		return one_byte_map[d->opcode];
	if (d->map == MAP_0F3A)
		return 'B';
	if (d->map == MAP_0F)
		kind = two_byte_map[d->opcode];
	if (d->encoding == LEGACY || kind == 'm' || kind == 'B')
		return kind;
	/* Vector encodings give some entries of the map a different meaning. */
	if (d->encoding == EVEX && d->opcode >= 0x78 && d->opcode <= 0x7b)
		return 'm';
	return d->encoding == VEX && d->opcode == 0x77 ? '-' : 'x';
}

/* Reads ModR/M, SIB and the displacement. */
static int read_modrm(struct decoding *d)
{
	int byte = next_byte(d);
	size_t displacement = 0;
	u8 mode, base;

	if (byte < 0)
		return byte;
	d->modrm = (u8)byte;
	mode = d->modrm >> 6;
	base = d->modrm & 7;
	if (mode == 3)
		return 0;
	if (base == 4) {
		byte = next_byte(d);
		if (byte < 0)
			return byte;
		base = (u8)byte & 7;
		if (mode == 0 && base == 5)
			displacement = 4;
	} else if (mode == 0 && base == 5) {
		d->rip_relative = (u8)d->offset;
		displacement = 4;
	}
	if (mode)
		displacement = mode == 1 ? 1 : 4;
	d->offset += displacement;
	return 0;
}

static size_t immediate_size(const struct decoding *d, char kind)
{
	size_t size = (d->rex & REX_W) || !(d->prefixes & PREFIX_OPERAND_SIZE) ? 4 : 2;
	bool is_test = ((d->modrm >> 3) & 7) <= 1;

	switch (kind) {
	case 'b':
	case 'B':
	case 'r':
		return 1;
	case 'w':
		return 2;
	case 'e':
		return 3;
	case 'R':
		return 4;
	case 'z':
	case 'Z':
		return size;
	case 'v':
		return d->rex & REX_W ? 8 : size;
	case 'o':
		return d->prefixes & PREFIX_ADDRESS_SIZE ? 4 : 8;
	case 't':
		return is_test ? 1 : 0;
	case 'T':
		return is_test ? size : 0;
	default:
		return 0;
	}
}

/* Groups, of which only some members exist. */
static bool is_known(const struct decoding *d)
{
	u8 reg = (d->modrm >> 3) & 7;

	if (d->map != MAP_ONE_BYTE)
		return true;
	switch (d->opcode) {
	case 0x8f: /* XOP */
		return reg == 0;
	case 0xc6:
	case 0xc7:
		return reg == 0 || d->modrm == 0xf8;
	case 0xfe:
		return reg <= 1;
	case 0xff:
		return reg <= 6;
	default:
		return true;
	}
}

static enum instruction_flow one_byte_flow(const struct decoding *d)
{
	u8 reg = (d->modrm >> 3) & 7;

	switch (d->opcode) {
	case 0x70 ... 0x7f:
		return FLOW_CONDITIONAL;
	case 0xe9:
	case 0xeb:
		return FLOW_JUMP;
	case 0xc2:
	case 0xc3:
		return FLOW_END;
	case 0xff:
		return reg == 4				  ? FLOW_END
		       : reg == 2 || reg == 3 || reg == 5 ? FLOW_FIXED
							  : FLOW_NEXT;
	case 0xc6: /* xabort */
	case 0xc7: /* xbegin */
		return d->modrm == 0xf8 ? FLOW_FIXED : FLOW_NEXT;
	case 0xca ... 0xcd: /* far return, int */
	case 0xcf:	    /* iret */
	case 0xe0 ... 0xe8: /* loop, jrcxz, in, out, call */
	case 0x6c ... 0x6f: /* ins, outs */
	case 0xec ... 0xef: /* in, out */
	case 0xf1:	    /* int1 */
	case 0xf4:	    /* hlt */
	case 0xfa ... 0xfb: /* cli, sti */
		return FLOW_FIXED;
	default:
		return FLOW_NEXT;
	}
}

static enum instruction_flow two_byte_flow(const struct decoding *d)
{
	switch (d->opcode) {
	case 0x80 ... 0x8f:
		return FLOW_CONDITIONAL;
	case 0x00 ... 0x01: /* system */
	case 0x05 ... 0x09: /* syscall and system */
	case 0x0b:	    /* ud2 */
	case 0x30 ... 0x37: /* model specific, sysenter */
	case 0xaa:	    /* rsm */
	case 0xb9:	    /* ud1 */
	case 0xff:	    /* ud0 */
		return FLOW_FIXED;
	case 0x1e: /* endbr64, endbr32: target of indirect branches */
		return (d->prefixes & PREFIX_REPEAT) && (d->modrm & 0xfe) == 0xfa ? FLOW_FIXED
										  : FLOW_NEXT;
	default:
		return FLOW_NEXT;
	}
}

static bool is_padding(const struct decoding *d)
{
	if (d->encoding != LEGACY || (d->prefixes & (PREFIX_MANDATORY & ~PREFIX_OPERAND_SIZE)))
		return false;
	if (d->map == MAP_ONE_BYTE)
		return d->opcode == 0xcc || (d->opcode == 0x90 && !(d->rex & REX_B));
	return d->map == MAP_0F && d->opcode == 0x1f;
}

int instruction_decode(const u8 *bytes, size_t available, struct instruction *instruction)
{
	struct decoding d = {.bytes = bytes, .available = MIN(available, INSTRUCTION_SIZE_MAX)};
	int error = read_opcode(&d);
	size_t size;
	char kind;

	if (!error) {
		kind = operands(&d);
		if (strchr("mBZtT", kind))
			error = read_modrm(&d);
	}
	if (error == -ENODATA && available >= INSTRUCTION_SIZE_MAX)
		return -EINVAL;
	if (error)
		return error;
	if (kind == 'x' || !is_known(&d))
		return -EINVAL;

	size = immediate_size(&d, kind);
	if (d.offset + size > d.available)
		return available >= INSTRUCTION_SIZE_MAX ? -EINVAL : -ENODATA;
	*instruction = (struct instruction){
		.size = (u8)(d.offset + size),
		.opcode = d.opcode,
		.rip_relative = d.rip_relative,
		.has_prefix = d.prefixes || d.rex,
		.is_padding = is_padding(&d),
	};
	if (d.encoding == LEGACY && d.map <= MAP_0F)
		instruction->flow = d.map == MAP_0F ? two_byte_flow(&d) : one_byte_flow(&d);
	/* Relative to %eip: compilers do not generate this, so it is not relocated. */
	if (d.rip_relative && (d.prefixes & PREFIX_ADDRESS_SIZE))
		instruction->flow = FLOW_FIXED;
	if (kind == 'r' || kind == 'R' || (kind == 'Z' && instruction->flow == FLOW_FIXED)) {
		if ((d.prefixes & PREFIX_OPERAND_SIZE) && !(d.rex & REX_W))
			return -EINVAL;
		instruction->relative = (u8)d.offset;
		instruction->relative_size = (u8)size;
	}
	return 0;
}

s64 instruction_distance(const u8 *bytes, const struct instruction *instruction)
{
	s32 distance;

	if (instruction->relative_size == 1)
		return (s8)bytes[instruction->relative];
	memcpy(&distance, bytes + instruction->relative, sizeof(distance));
	return distance;
}
