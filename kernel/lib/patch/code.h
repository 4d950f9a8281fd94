/* SPDX-License-Identifier: BSD-3-Clause */
/* What the bytes around a site show: where instructions begin, and where branches go. */
#ifndef PATCH_CODE_H
#define PATCH_CODE_H

#include "instruction.h"

struct code {
	const u8 *bytes;
	u64 address; /* of bytes[0] in the guest */
	size_t size;
	size_t site; /* offset of the syscall, where an instruction certainly begins */
	/* Trampolines of this code, and their address. */
	const u8 *trampolines;
	u64 trampolines_address;
	size_t trampolines_size;
};

enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNSURE };

/* Like instruction_decode(), for the instruction at offset; -ENODATA if that is past the end. */
int code_decode(const struct code *code, size_t offset, struct instruction *instruction);

/*
 * Whether an instruction begins at offset. After the site this is found by decoding from the site
 * on; otherwise by decoding from many offsets before, which must all agree.
 */
enum verdict code_is_boundary(const struct code *code, size_t offset);

/*
 * Distances from the site back to instruction boundaries: bit i for i bytes before it. Goes back as
 * far as decoding from different offsets agrees, at most 31 bytes.
 */
u32 code_boundaries_before_site(const struct code *code);

/*
 * Whether a direct branch or call anywhere in the code, or any field of a trampoline, goes to an
 * offset in [first, end). Bytes that look like a branch count, unless it is certain that no
 * instruction begins there.
 */
bool code_is_target(const struct code *code, size_t first, size_t end);

#endif
