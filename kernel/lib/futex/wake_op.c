/* SPDX-License-Identifier: BSD-3-Clause */
/* FUTEX_WAKE_OP: changes a word and wakes depending on its old value. */
#include <uk/errno.h>
#include <uk/futex.h>
#include <uk/uaccess.h>

/* Applies the operation to the word's value. 0, -ENOSYS. */
static int change(u32 operation, u32 argument, u32 *value)
{
	switch (operation) {
	case FUTEX_OP_SET:
		*value = argument;
		return 0;
	case FUTEX_OP_ADD:
		*value += argument;
		return 0;
	case FUTEX_OP_OR:
		*value |= argument;
		return 0;
	case FUTEX_OP_ANDN:
		*value &= ~argument;
		return 0;
	case FUTEX_OP_XOR:
		*value ^= argument;
		return 0;
	default:
		return -ENOSYS;
	}
}

/* Evaluates the comparison: 0, 1, -ENOSYS. */
static int compare(u32 comparison, s32 value, s32 argument)
{
	switch (comparison) {
	case FUTEX_OP_CMP_EQ:
		return value == argument;
	case FUTEX_OP_CMP_NE:
		return value != argument;
	case FUTEX_OP_CMP_LT:
		return value < argument;
	case FUTEX_OP_CMP_LE:
		return value <= argument;
	case FUTEX_OP_CMP_GT:
		return value > argument;
	case FUTEX_OP_CMP_GE:
		return value >= argument;
	default:
		return -ENOSYS;
	}
}

static s32 sign_extend_12(u32 bits)
{
	return (s32)(bits << 20) >> 20;
}

int uk_futex_wake_op(const struct uk_futex_key *key, int count, const struct uk_futex_word *target,
		     int target_count, u32 encoded)
{
	u32 operation = encoded >> 28, old, new;
	s32 argument = sign_extend_12(encoded >> 12 & 0xfff);
	int error, holds, woken, others;

	if (operation & FUTEX_OP_OPARG_SHIFT) {
		operation &= ~(u32)FUTEX_OP_OPARG_SHIFT;
		argument = (s32)(1u << (argument & 31));
	}
	if (copy_from_user(&old, target->address, sizeof(old)))
		return -EFAULT;
	new = old;
	error = change(operation, (u32)argument, &new);
	if (error)
		return error;
	if (copy_to_user(target->address, &new, sizeof(new)))
		return -EFAULT;
	holds = compare(encoded >> 24 & 0xf, (s32)old, sign_extend_12(encoded & 0xfff));
	if (holds < 0)
		return holds;
	woken = uk_futex_wake(key, count, FUTEX_BITSET_MATCH_ANY);
	if (woken < 0 || !holds)
		return woken;
	others = uk_futex_wake(&target->key, target_count, FUTEX_BITSET_MATCH_ANY);
	return others < 0 ? others : woken + others;
}
