/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * x86 code is self-synchronising: decoding from a wrong offset reaches the right boundaries after a
 * few instructions. Of any INSTRUCTION_SIZE_MAX consecutive offsets at least one is a boundary, so
 * if decoding from all of them arrives at the same boundaries, these are right, provided that there
 * is only code in between.
 */
#include "code.h"

#include <uk/errno.h>
#include <uk/essentials.h>
#include <uk/string.h>

/* Where decoding starts, in bytes before the offset in question. */
#define FAR	  96
#define NEAR	  32 /* not less than the bits in a word of boundaries */
#define WALKS_MIN 8  /* that must get through */

#define SHORT_BRANCH_SIZE 2
#define SHORT_BACK	  126 /* from the start of the branch */
#define SHORT_FORTH	  129

int code_decode(const struct code *code, size_t offset, struct instruction *instruction)
{
	if (offset >= code->size)
		return -ENODATA;
	return instruction_decode(code->bytes + offset, code->size - offset, instruction);
}

/* Returns where the next instruction begins; 0 if the code ends or cannot be decoded, or if this
 * instruction extends over the start of the site. */
static size_t step(const struct code *code, size_t offset)
{
	struct instruction instruction;
	size_t next;

	if (code_decode(code, offset, &instruction))
		return 0;
	next = offset + instruction.size;
	return offset < code->site && next > code->site ? 0 : next;
}

/*
 * Decodes from an offset until `to` is reached or passed. Returns bit i for an instruction that
 * begins i bytes before `to`, up to 31; 0 if decoding does not get that far.
 */
static u32 walk(const struct code *code, size_t from, size_t to)
{
	u32 boundaries = 0;

	while (from < to) {
		if (to - from < 32)
			boundaries |= 1u << (to - from);
		from = step(code, from);
		if (!from)
			return 0;
	}
	return from == to ? boundaries | 1 : boundaries;
}

/* Walks from all offsets before `to`: *all has the boundaries that all walks found, *some those
 * that any found. */
static bool walk_all(const struct code *code, size_t to, u32 *all, u32 *some)
{
	size_t first = to > FAR ? to - FAR : 0, last = to - NEAR;
	u32 walks[FAR - NEAR + 1]; /* indexed by the distance back from `last` */
	unsigned int count = 0;

	*all = ~0u;
	*some = 0;
	if (to < NEAR)
		return false;
	for (size_t from = last + 1; from-- > first;) {
		size_t next = step(code, from);
		u32 boundaries = 0;

		if (next)
			boundaries = next <= last ? walks[last - next] : walk(code, next, to);
		walks[last - from] = boundaries;
		if (!boundaries)
			continue;
		count++;
		*all &= boundaries;
		*some |= boundaries;
	}
	return count >= WALKS_MIN;
}

enum verdict code_is_boundary(const struct code *code, size_t offset)
{
	u32 all, some;

	if (offset >= code->site && offset - code->site <= FAR) {
		all = walk(code, code->site, offset);
		if (!all)
			return VERDICT_UNSURE;
	} else if (!walk_all(code, offset, &all, &some) || ((all ^ some) & 1)) {
		return VERDICT_UNSURE;
	}
	return all & 1 ? VERDICT_YES : VERDICT_NO;
}

u32 code_boundaries_before_site(const struct code *code)
{
	u32 all, some, differing;

	if (!walk_all(code, code->site, &all, &some))
		return 0;
	differing = all ^ some;
	return all & ((differing & -differing) - 1);
}

/* Long branches are recognised by their bytes alone: by chance, such bytes rarely refer to the few
 * bytes in question. */
static bool is_long_target(const struct code *code, size_t first, size_t end)
{
	const u8 *bytes = code->bytes;
	u32 span = (u32)(end - first);

	for (size_t at = 1; at + sizeof(u32) <= code->size; at++) {
		u32 distance;

		memcpy(&distance, bytes + at, sizeof(distance));
		if (likely(distance + (u32)at + (u32)sizeof(u32) - (u32)first >= span))
			continue;
		if ((bytes[at - 1] & 0xfe) == 0xe8) /* call, jmp */
			return true;
		if (at >= 2 && bytes[at - 2] == 0x0f && (bytes[at - 1] & 0xf0) == 0x80) /* jcc */
			return true;
		if (at >= 2 && bytes[at - 2] == 0xc7 && bytes[at - 1] == 0xf8) /* xbegin */
			return true;
	}
	return false;
}

static bool is_short_branch(u8 opcode)
{
	return (opcode & 0xf0) == 0x70 || opcode == 0xeb || (opcode & 0xfc) == 0xe0;
}

/* Whether an instruction may begin at an offset, or at one of the prefixes before it. */
static bool may_begin(const struct code *code, size_t offset)
{
	for (;;) {
		if (code_is_boundary(code, offset) != VERDICT_NO)
			return true;
		if (offset == 0 || !instruction_is_prefix(code->bytes[offset - 1]))
			return false;
		offset--;
	}
}

static bool is_short_target(const struct code *code, size_t first, size_t end)
{
	size_t from = first > SHORT_FORTH ? first - SHORT_FORTH : 0;
	size_t to = MIN(end + SHORT_BACK, code->size - 1);

	for (size_t at = from; at < to; at++) {
		size_t target = at + SHORT_BRANCH_SIZE + (size_t)(s8)code->bytes[at + 1];

		if (target < first || target >= end || !is_short_branch(code->bytes[at]))
			continue;
		if (may_begin(code, at))
			return true;
	}
	return false;
}

/* Moved branches, jumps back and resume addresses all have 32-bit displacements: check every such
 * field. */
static bool is_trampoline_target(const struct code *code, size_t first, size_t end)
{
	for (size_t at = 0; at + sizeof(s32) <= code->trampolines_size; at++) {
		u64 address = code->trampolines_address + at + sizeof(s32);
		s32 distance;

		memcpy(&distance, code->trampolines + at, sizeof(distance));
		if (address + (u64)(s64)distance - code->address - first < end - first)
			return true;
	}
	return false;
}

bool code_is_target(const struct code *code, size_t first, size_t end)
{
	return is_trampoline_target(code, first, end) || is_short_target(code, first, end) ||
	       is_long_target(code, first, end);
}
