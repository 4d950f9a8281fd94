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
	/* only works at its original address: calls, loops, traps, endbr64, privileged */
	FLOW_FIXED,
};

struct instruction {
	enum instruction_flow flow;
	u8 size;
	u8 opcode;	  /* its last byte; for jcc, the low four bits are the condition */
	u8 relative;	  /* offset of a branch's displacement, which ends the instruction */
	u8 relative_size; /* 0 (no relative branch), 1 or 4 */
	u8 rip_relative;  /* offset of the 32-bit displacement from %rip, or 0 */
	bool has_prefix;
	bool is_padding; /* a nop of any size, or int3 */
};

/*
 * Decodes the instruction at bytes, of which `available` are readable. 0; -ENODATA if it is longer;
 * -EINVAL if it is invalid, or unknown to this decoder: XOP, 3DNow, APX, moves to and from control
 * registers, branches with an operand size prefix (which Intel and AMD read differently). Not every
 * sequence that a processor refuses is rejected: lengths are right for all that it executes.
 */
int instruction_decode(const u8 *bytes, size_t available, struct instruction *instruction);

/* Whether the byte is a legacy prefix or REX at the beginning of an instruction. */
bool instruction_is_prefix(u8 byte);

/* The displacement of a relative branch, counted from the end of the instruction. */
s64 instruction_distance(const u8 *bytes, const struct instruction *instruction);

#endif
