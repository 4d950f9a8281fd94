/* SPDX-License-Identifier: BSD-3-Clause */
/* A patch while it is put together: the trampoline grows instruction by instruction. */
#ifndef PATCH_DRAFT_H
#define PATCH_DRAFT_H

#include <uk/patch.h>

#include "code.h"

struct draft {
	const struct uk_patch_site *site;
	struct code code;
	struct uk_patch *patch;
	enum uk_patch_reason reason; /* UK_PATCH_OK, or the first thing that went wrong */
};

/* Starts anew, for a patch at an offset of the window. */
void draft_begin(struct draft *draft, size_t start);

/* Notes that what comes next in the trampoline stands for what is at an offset of the window. */
void draft_place(struct draft *draft, size_t offset);

/* Moves an instruction: a copy that does the same at the trampoline's end. */
void draft_move(struct draft *draft, size_t offset, const struct instruction *instruction);

/* The way to the entry. With `falls_through` the program goes on behind it, else at site + 2. */
void draft_enter(struct draft *draft, bool falls_through);

/* A jump from the trampoline's end to an offset of the window. */
void draft_jump_back(struct draft *draft, size_t offset);

/* A write of a jump (5 bytes; 2 when it is short) at an offset, and of int3 up to size bytes. */
void draft_write_jump(struct draft *draft, size_t offset, u64 target, size_t size);
void draft_write_short_jump(struct draft *draft, size_t offset, size_t target);

#endif
