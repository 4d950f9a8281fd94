/* SPDX-License-Identifier: BSD-3-Clause */
/* What the bytes around a site say: where instructions begin, and where branches go. */
#ifndef PATCH_CODE_H
#define PATCH_CODE_H

#include "instruction.h"

struct code {
	const u8 *bytes;
	u64 address; /* of bytes[0] in the guest */
	size_t size;
	size_t site; /* offset of the syscall, where an instruction begins for sure */
	/* Trampolines of this code, and their address. */
	const u8 *trampolines;
	u64 trampolines_address;
	size_t trampolines_size;
};

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNSURE };

/* As instruction_decode, of what starts at offset; -ENODATA when that is behind the end. */
int code_decode(const struct code *code, size_t offset, struct instruction *instruction);

/*
 * Whether an instruction begins at offset. Behind the site, by decoding on from it; else by
 * decoding from many places before, which must all agree.
 */
enum verdict code_is_boundary(const struct code *code, size_t offset);

/*
 * Distances from the site back to where instructions begin, bit i for i bytes before it. As far
 * back as decoding from different places agrees, and 31 at most.
 */
u32 code_boundaries_before_site(const struct code *code);

/*
 * Whether a direct branch or call anywhere in the code, or whatever it is in a trampoline, goes to
 * an offset from first on and before end. What looks like one counts, unless it is certain that no
 * instruction begins there.
 */
bool code_is_target(const struct code *code, size_t first, size_t end);

#endif
