/* SPDX-License-Identifier: BSD-3-Clause */
/* A patch under construction: the trampoline grows instruction by instruction. */
#ifndef PATCH_DRAFT_H
#define PATCH_DRAFT_H

#include <uk/patch.h>

#include "code.h"

struct draft {
	const struct uk_patch_site *site;
	struct code code;
	struct uk_patch *patch;
	enum uk_patch_reason reason; /* UK_PATCH_OK, or the first failure */
};

/* Starts over, for a patch at an offset of the window. */
void draft_begin(struct draft *draft, size_t start);

/* Records that the next instruction of the trampoline replaces the one at an offset of the
 * window. */
void draft_place(struct draft *draft, size_t offset);

/* Moves an instruction: appends an equivalent copy to the trampoline. */
void draft_move(struct draft *draft, size_t offset, const struct instruction *instruction);

/* Appends the jump to the kernel's entry. With `falls_through` the program continues after it in
 * the trampoline, otherwise at site + 2. */
void draft_enter(struct draft *draft, bool falls_through);

/* Appends a jump from the trampoline to an offset of the window. */
void draft_jump_back(struct draft *draft, size_t offset);

/* Adds a write of a jump at an offset (5 bytes; 2 for a short jump), filled up with int3 to size
 * bytes. */
void draft_write_jump(struct draft *draft, size_t offset, u64 target, size_t size);
void draft_write_short_jump(struct draft *draft, size_t offset, size_t target);

#endif
