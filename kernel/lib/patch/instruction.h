/* SPDX-License-Identifier: BSD-3-Clause */
/* Lengths and control flow of x86-64 instructions in 64-bit mode. */
#ifndef PATCH_INSTRUCTION_H
#define PATCH_INSTRUCTION_H

#include <uk/types.h>

#define INSTRUCTION_SIZE_MAX 15

enum instruction_flow {
	FLOW_NEXT,
	FLOW_CONDITIONAL, /* jcc */
	FLOW_JUMP,	  /* jmp with a displacement */
	FLOW_END,	  /* near return, indirect jump */
	FLOW_FIXED, /* works in its own place only: calls, loops, traps, endbr64, privileged */
};

struct instruction {
	enum instruction_flow flow;
	u8 size;
	u8 opcode;	  /* its last byte; of jcc, the low four bits are the condition */
	u8 relative;	  /* offset of a branch's displacement, which ends the instruction */
	u8 relative_size; /* 0 (no relative branch), 1 or 4 */
	u8 rip_relative;  /* offset of the 32-bit displacement from %rip, or 0 */
	bool has_prefix;
	bool is_padding; /* a nop of any size, or int3 */
};

/*
 * Decodes what starts at bytes and is not longer than available. 0; -ENODATA when it is longer;
 * -EINVAL when it is none, or one that this decoder does not know: XOP, 3DNow, APX, moves to and
 * from control registers, branches with an operand size prefix (which Intel and AMD read
 * differently). Not every sequence that a processor refuses is one: lengths are right for all that
 * it executes.
 */
int instruction_decode(const u8 *bytes, size_t available, struct instruction *instruction);

/* Whether it is a legacy prefix or REX when it stands where an instruction begins. */
bool instruction_is_prefix(u8 byte);

/* How far from the instruction's end its relative branch goes. */
s64 instruction_distance(const u8 *bytes, const struct instruction *instruction);

#endif
