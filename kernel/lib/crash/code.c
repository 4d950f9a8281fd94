/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of code around a fault, which the launcher disassembles. */
#include <uk/crash.h>
#include <uk/essentials.h>
#include <uk/print.h>
#include <uk/uaccess.h>

#include "crash.h"

struct uk_crash_code uk_crash_code;

/* Reads bytes of [address, address + size) from the start, as far as they are readable. */
static size_t read_code(u8 *to, u64 address, size_t size)
{
	return size - copy_from_user_partial(to, (const void *)address, size);
}

static void take_code(u64 address)
{
	struct uk_crash_code *code = &uk_crash_code;
	/* The previous page may not be mapped. */
	u64 before = MIN(UK_CRASH_CODE_BEFORE, address % UK_PAGE_SIZE);

	code->address = address;
	if (read_code(code->bytes, address - before, before) == before)
		code->before = before;
	code->size =
		code->before + read_code(code->bytes + code->before, address, UK_CRASH_CODE_BEHIND);
	/* The bytes before the instruction are useless without it. */
	if (code->size == code->before)
		code->size = 0;
}

void crash_print_code(u64 address)
{
	const struct uk_crash_code *code = &uk_crash_code;

	take_code(address);
	if (!code->size) {
		uk_print("Code: not readable\n");
		return;
	}
	uk_print("Code:");
	for (size_t i = 0; i < code->size; i++)
		uk_print(i == code->before ? " <%02x>" : " %02x", code->bytes[i]);
	uk_print("\n");
}
