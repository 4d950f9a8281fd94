/* SPDX-License-Identifier: BSD-3-Clause */
/* The forms of a patch, and which of them a site allows. */
#include <uk/essentials.h>
#include <uk/patch.h>
#include <uk/string.h>

#include "draft.h"

#define NUMBER_SIGNAL_RETURN 15 /* rt_sigreturn */
#define MOV_EAX_SIZE	     5	/* b8 imm32 */
#define MOV_RAX_SIZE	     7	/* 48 c7 c0 imm32 */
#define PRE_MIN		     3	/* together with the syscall, as long as a jump */
#define PRE_MAX		     17 /* the longest instruction, preceded by one of two bytes */
#define SHORT_JUMP_MAX	     127
#define SHORT_JUMP_MIN	     (-128)
#define FUNCTION_ALIGNMENT   16

static enum uk_patch_reason decode(const struct draft *draft, size_t offset,
				   struct instruction *instruction)
{
	return code_decode(&draft->code, offset, instruction) ? UK_PATCH_UNDECODABLE : UK_PATCH_OK;
}

static bool is_movable(const struct instruction *instruction)
{
	if (instruction->flow == FLOW_FIXED)
		return false;
	return !instruction->relative_size || !instruction->has_prefix;
}

/*
 * Plans a jump over the instructions from start up to the site. If they are as long as the jump,
 * the syscall stays, and a branch to it traps as before. Branches into a single instruction are too
 * unlikely to search for.
 */
static enum uk_patch_reason plan_before(struct draft *draft, size_t start)
{
	size_t site = draft->code.site, size = site - start;
	bool is_single = false;

	draft_begin(draft, start);
	for (size_t offset = start; offset < site;) {
		struct instruction instruction;
		enum uk_patch_reason reason = decode(draft, offset, &instruction);

		if (reason)
			return reason;
		if (!is_movable(&instruction) || instruction.flow == FLOW_JUMP ||
		    instruction.flow == FLOW_END)
			return UK_PATCH_NOT_MOVABLE;
		draft_move(draft, offset, &instruction);
		offset += instruction.size;
		is_single = instruction.size == size && size >= UK_PATCH_JUMP_SIZE;
	}
	draft_place(draft, site);
	draft_enter(draft, false);
	if (size < UK_PATCH_JUMP_SIZE)
		size += UK_PATCH_SYSCALL_SIZE;
	draft_write_jump(draft, start, draft->site->trampoline, size);
	if (!draft->reason && !is_single && code_is_target(&draft->code, start + 1, start + size))
		return UK_PATCH_BRANCH_TARGET;
	return draft->reason;
}

/* The length of a move of the trapped number that seems to precede the site, or 0. */
static size_t move_size(const struct draft *draft)
{
	const u8 *site = draft->code.bytes + draft->code.site;
	s32 number;

	if (draft->code.site < MOV_EAX_SIZE)
		return 0;
	memcpy(&number, site - sizeof(number), sizeof(number));
	if (site[-MOV_EAX_SIZE] == 0xb8 && (u32)number == draft->site->number)
		return MOV_EAX_SIZE;
	if (draft->code.site >= MOV_RAX_SIZE &&
	    memcmp(site - MOV_RAX_SIZE, "\x48\xc7\xc0", 3) == 0 &&
	    (u64)(s64)number == draft->site->number)
		return MOV_RAX_SIZE;
	return 0;
}

/* Whether the move may be the end of a longer instruction, such as 41 b8 (%r8d). */
static bool is_inside_another(const struct draft *draft, size_t start)
{
	size_t site = draft->code.site;

	for (size_t size = site - start + 1; size <= INSTRUCTION_SIZE_MAX && size <= site; size++) {
		struct instruction instruction;

		if (!code_decode(&draft->code, site - size, &instruction) &&
		    instruction.size == size)
			return code_is_boundary(&draft->code, start) != VERDICT_YES;
	}
	return false;
}

static enum uk_patch_reason plan_mov(struct draft *draft)
{
	size_t size = move_size(draft), start = draft->code.site - size;

	if (!size)
		return UK_PATCH_OTHER_NUMBER;
	if (is_inside_another(draft, start))
		return UK_PATCH_BOUNDARIES;
	return plan_before(draft, start);
}

static enum uk_patch_reason plan_pre(struct draft *draft)
{
	u32 boundaries = code_boundaries_before_site(&draft->code);

	for (size_t size = PRE_MIN; size <= PRE_MAX; size++)
		if (boundaries & (1u << size))
			return plan_before(draft, draft->code.site - size);
	return UK_PATCH_BOUNDARIES;
}

/*
 * The size of the padding from an offset on, in whole instructions, the last of which may extend
 * past `enough`; 0 if there is not enough. An address at which a function may be aligned does not
 * count as padding, because functions may begin with a nop.
 */
static size_t padding_size(const struct draft *draft, size_t offset, size_t enough)
{
	u64 address = draft->code.address + offset;
	size_t size = 0;

	if (ALIGN_UP(address, FUNCTION_ALIGNMENT) < address + enough)
		return 0;
	while (size < enough) {
		struct instruction instruction;

		if (decode(draft, offset + size, &instruction) || !instruction.is_padding)
			return 0;
		size += instruction.size;
	}
	return size;
}

/* Plans a jump over the syscall and the instructions after it; after an instruction that does not
 * continue to the next, over padding. */
static enum uk_patch_reason plan_post(struct draft *draft)
{
	size_t site = draft->code.site, offset = site + UK_PATCH_SYSCALL_SIZE;
	bool goes_on = true;

	draft_begin(draft, site);
	draft_place(draft, site);
	draft_enter(draft, true);
	while (goes_on && offset - site < UK_PATCH_JUMP_SIZE) {
		struct instruction instruction;
		enum uk_patch_reason reason = decode(draft, offset, &instruction);

		if (reason)
			return reason;
		if (!is_movable(&instruction))
			return UK_PATCH_NOT_MOVABLE;
		draft_move(draft, offset, &instruction);
		offset += instruction.size;
		goes_on = instruction.flow != FLOW_JUMP && instruction.flow != FLOW_END;
	}
	if (goes_on) {
		draft_jump_back(draft, offset);
	} else if (offset - site < UK_PATCH_JUMP_SIZE) {
		size_t size = padding_size(draft, offset, site + UK_PATCH_JUMP_SIZE - offset);

		if (!size)
			return UK_PATCH_NO_PADDING;
		offset += size;
	}
	draft_write_jump(draft, site, draft->site->trampoline, offset - site);
	if (!draft->reason && code_is_target(&draft->code, site + 1, offset))
		return UK_PATCH_BRANCH_TARGET;
	return draft->reason;
}

/* The size of the padding at an offset that nothing executes, or 0. */
static size_t unused_padding(const struct draft *draft, size_t offset)
{
	size_t size = padding_size(draft, offset, UK_PATCH_JUMP_SIZE);

	if (!size || code_is_target(&draft->code, offset, offset + size))
		return 0;
	return size;
}

static enum uk_patch_reason plan_pad(struct draft *draft)
{
	size_t site = draft->code.site, next = site + UK_PATCH_SYSCALL_SIZE;
	size_t first = next > (size_t)-SHORT_JUMP_MIN ? next + SHORT_JUMP_MIN : 0;
	size_t last = next + SHORT_JUMP_MAX;

	draft_begin(draft, site);
	draft_place(draft, site);
	draft_enter(draft, false);
	for (size_t offset = first; offset <= last && offset < draft->code.size; offset++) {
		struct instruction instruction;
		size_t target, size;

		if (decode(draft, offset, &instruction) ||
		    (instruction.flow != FLOW_JUMP && instruction.flow != FLOW_END))
			continue;
		target = offset + instruction.size;
		if (target < first || target > last ||
		    code_is_boundary(&draft->code, offset) != VERDICT_YES)
			continue;
		size = unused_padding(draft, target);
		if (!size)
			continue;
		draft_write_jump(draft, target, draft->site->trampoline, size);
		draft_write_short_jump(draft, site, target);
		return draft->reason;
	}
	return UK_PATCH_NO_PADDING;
}

/* Conditions for all forms. */
static enum uk_patch_reason check_site(const struct draft *draft)
{
	const struct uk_patch_site *site = draft->site;
	u64 offset = site->address - site->window_address;
	const u8 *bytes;

	if (site->window_size < UK_PATCH_SYSCALL_SIZE ||
	    offset > site->window_size - UK_PATCH_SYSCALL_SIZE)
		return UK_PATCH_NO_SYSCALL;
	bytes = site->window + offset;
	if (bytes[0] != 0x0f || bytes[1] != 0x05)
		return UK_PATCH_NO_SYSCALL;
	if (site->number == NUMBER_SIGNAL_RETURN)
		return UK_PATCH_SIGNAL_RETURN;
	/* Whatever the number: the restorer may have been entered after its move. */
	if (offset >= MOV_RAX_SIZE &&
	    memcmp(bytes - MOV_RAX_SIZE, "\x48\xc7\xc0\x0f\0\0\0", MOV_RAX_SIZE) == 0)
		return UK_PATCH_SIGNAL_RETURN;
	return UK_PATCH_OK;
}

enum uk_patch_form uk_patch_plan(const struct uk_patch_site *site, struct uk_patch *patch)
{
	static enum uk_patch_reason (*const plans[UK_PATCH_FORMS])(struct draft *) = {
		[UK_PATCH_MOV] = plan_mov,
		[UK_PATCH_POST] = plan_post,
		[UK_PATCH_PRE] = plan_pre,
		[UK_PATCH_PAD] = plan_pad,
	};
	struct draft draft = {.site = site, .patch = patch};

	draft.code = (struct code){
		.bytes = site->window,
		.address = site->window_address,
		.size = site->window_size,
		.site = site->address - site->window_address,
		.trampolines = site->trampolines,
		.trampolines_address = site->trampolines_address,
		.trampolines_size = site->trampolines_size,
	};
	memset(patch, 0, sizeof(*patch));
	patch->reasons[UK_PATCH_REFUSED] = check_site(&draft);
	if (patch->reasons[UK_PATCH_REFUSED])
		return UK_PATCH_REFUSED;
	for (enum uk_patch_form form = UK_PATCH_MOV; form < UK_PATCH_FORMS; form++) {
		patch->reasons[form] = plans[form](&draft);
		if (!patch->reasons[form]) {
			patch->form = form;
			return form;
		}
	}
	patch->write_count = 0;
	patch->map = (struct uk_patch_map){0};
	patch->resume = 0;
	return UK_PATCH_REFUSED;
}
