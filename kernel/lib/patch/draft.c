/* SPDX-License-Identifier: BSD-3-Clause */
#include "draft.h"

#include <uk/essentials.h>
#include <uk/string.h>

#define OPCODE_INT3	   0xcc
#define OPCODE_JUMP	   0xe9
#define OPCODE_JUMP_SHORT  0xeb
#define OPCODE_JCC_LONG	   0x80 /* after 0f */
#define INDIRECT_JUMP_SIZE 6

static void fail(struct draft *draft, enum uk_patch_reason reason)
{
	if (draft->reason == UK_PATCH_OK)
		draft->reason = reason;
}

void draft_begin(struct draft *draft, size_t start)
{
	struct uk_patch *patch = draft->patch;

	draft->reason = UK_PATCH_OK;
	patch->write_count = 0;
	patch->map = (struct uk_patch_map){
		.start = draft->code.address + start,
		.trampoline = draft->site->trampoline,
	};
}

static u64 trampoline_end(const struct draft *draft)
{
	return draft->site->trampoline + draft->patch->map.trampoline_size;
}

static void append(struct draft *draft, const void *bytes, size_t size)
{
	struct uk_patch_map *map = &draft->patch->map;
	size_t capacity = MIN(draft->site->trampoline_capacity, (size_t)UK_PATCH_TRAMPOLINE_MAX);

	if (map->trampoline_size + size > capacity) {
		fail(draft, UK_PATCH_NO_ROOM);
		return;
	}
	memcpy(draft->patch->trampoline + map->trampoline_size, bytes, size);
	map->trampoline_size = (u8)(map->trampoline_size + size);
}

/* Returns the displacement from an instruction's end to a target. */
static s32 displacement(struct draft *draft, u64 target, u64 end)
{
	s64 distance = (s64)(target - end);

	if (distance != (s32)distance)
		fail(draft, UK_PATCH_OUT_OF_REACH);
	return (s32)distance;
}

/* Appends an instruction that ends with the displacement to a target. */
static void append_relative(struct draft *draft, const void *opcode, size_t size, u64 target)
{
	u8 bytes[INSTRUCTION_SIZE_MAX];
	s32 distance;

	distance = displacement(draft, target, trampoline_end(draft) + size + sizeof(distance));
	memcpy(bytes, opcode, size);
	memcpy(bytes + size, &distance, sizeof(distance));
	append(draft, bytes, size + sizeof(distance));
}

void draft_place(struct draft *draft, size_t offset)
{
	struct uk_patch_map *map = &draft->patch->map;

	if (map->count == UK_PATCH_PLACES_MAX) {
		fail(draft, UK_PATCH_NO_ROOM);
		return;
	}
	map->places[map->count].original = (u8)(draft->code.address + offset - map->start);
	map->places[map->count].moved = map->trampoline_size;
	map->count++;
}

void draft_move(struct draft *draft, size_t offset, const struct instruction *instruction)
{
	const u8 *original = draft->code.bytes + offset;
	u64 original_end = draft->code.address + offset + instruction->size;
	u8 bytes[INSTRUCTION_SIZE_MAX];

	draft_place(draft, offset);
	if (instruction->relative_size) {
		u64 target = original_end + (u64)instruction_distance(original, instruction);
		u8 opcode[] = {0x0f, OPCODE_JCC_LONG | (instruction->opcode & 15)};

		if (instruction->flow == FLOW_JUMP)
			append_relative(draft, &(u8){OPCODE_JUMP}, 1, target);
		else
			append_relative(draft, opcode, sizeof(opcode), target);
		return;
	}
	memcpy(bytes, original, instruction->size);
	if (instruction->rip_relative) {
		s32 distance;

		memcpy(&distance, bytes + instruction->rip_relative, sizeof(distance));
		distance = displacement(draft, original_end + (u64)(s64)distance,
					trampoline_end(draft) + instruction->size);
		memcpy(bytes + instruction->rip_relative, &distance, sizeof(distance));
	}
	append(draft, bytes, instruction->size);
}

void draft_enter(struct draft *draft, bool falls_through)
{
	static const u8 lea_rcx[] = {0x48, 0x8d, 0x0d}, lea_r11[] = {0x4c, 0x8d, 0x1d};
	static const u8 jump_slot[] = {0xff, 0x25};
	const size_t lea_size = sizeof(lea_rcx) + sizeof(s32);
	u64 next = draft->site->address + UK_PATCH_SYSCALL_SIZE;

	draft->patch->resume = next;
	if (falls_through)
		draft->patch->resume = trampoline_end(draft) + 2 * lea_size + INDIRECT_JUMP_SIZE;
	append_relative(draft, lea_rcx, sizeof(lea_rcx), draft->patch->resume);
	append_relative(draft, lea_r11, sizeof(lea_r11), next);
	append_relative(draft, jump_slot, sizeof(jump_slot), draft->site->slot);
}

void draft_jump_back(struct draft *draft, size_t offset)
{
	draft_place(draft, offset);
	append_relative(draft, &(u8){OPCODE_JUMP}, 1, draft->code.address + offset);
}

/* Adds a write of size bytes, all int3. */
static struct uk_patch_write *add_write(struct draft *draft, size_t offset, size_t size)
{
	struct uk_patch_write *write = &draft->patch->writes[draft->patch->write_count++];

	write->address = draft->code.address + offset;
	write->size = (u8)size;
	memset(write->bytes, OPCODE_INT3, sizeof(write->bytes));
	if (write->address == draft->patch->map.start)
		draft->patch->map.replaced = (u8)size;
	return write;
}

void draft_write_jump(struct draft *draft, size_t offset, u64 target, size_t size)
{
	struct uk_patch_write *write = add_write(draft, offset, size);
	s32 distance = displacement(draft, target, write->address + UK_PATCH_JUMP_SIZE);

	write->bytes[0] = OPCODE_JUMP;
	memcpy(write->bytes + 1, &distance, sizeof(distance));
}

void draft_write_short_jump(struct draft *draft, size_t offset, size_t target)
{
	struct uk_patch_write *write = add_write(draft, offset, UK_PATCH_SYSCALL_SIZE);

	write->bytes[0] = OPCODE_JUMP_SHORT;
	write->bytes[1] = (u8)(target - offset - UK_PATCH_SYSCALL_SIZE);
}
