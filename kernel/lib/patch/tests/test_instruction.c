/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: patch/instruction.c */
/* tests/hosted/test_patch_decoder.py compares lengths with those of another decoder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../instruction.h"
#include "check.h"

/* Decodes from memory of exactly this size, so that the sanitizer detects reads past the end. */
static int decode(const char *bytes, size_t size, struct instruction *instruction)
{
	u8 *copy = malloc(size ? size : 1);
	int error;

	CHECK(copy);
	memcpy(copy, bytes, size);
	error = instruction_decode(copy, size, instruction);
	free(copy);
	return error;
}

static struct instruction good(const char *bytes, size_t size)
{
	struct instruction instruction;

	CHECK(decode(bytes, size, &instruction) == 0);
	CHECK(instruction.size == size);
	for (size_t part = 0; part < size; part++)
		CHECK(decode(bytes, part, &instruction) == -ENODATA);
	CHECK(decode(bytes, size, &instruction) == 0);
	return instruction;
}

#define GOOD(bytes) good(bytes, sizeof(bytes) - 1)
#define BAD(bytes)                                                                                 \
	CHECK(decode(bytes "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof(bytes) + 14,                   \
		     &(struct instruction){}) == -EINVAL)

static void test_flow(void)
{
	CHECK(GOOD("\x0f\x05").flow == FLOW_FIXED);
	CHECK(GOOD("\xe8\x01\x02\x03\x04").flow == FLOW_FIXED);
	CHECK(GOOD("\xff\xd0").flow == FLOW_FIXED);
	CHECK(GOOD("\xf3\x0f\x1e\xfa").flow == FLOW_FIXED);
	CHECK(GOOD("\xe2\xfe").flow == FLOW_FIXED);
	CHECK(GOOD("\xc7\xf8\x01\x02\x03\x04").flow == FLOW_FIXED);
	CHECK(GOOD("\xc3").flow == FLOW_END);
	CHECK(GOOD("\xff\xe0").flow == FLOW_END);
	CHECK(GOOD("\xf2\xff\x25\x01\x02\x03\x04").flow == FLOW_END);
	CHECK(GOOD("\xeb\x01").flow == FLOW_JUMP);
	CHECK(GOOD("\xe9\x01\x02\x03\x04").flow == FLOW_JUMP);
	CHECK(GOOD("\x75\x01").flow == FLOW_CONDITIONAL);
	CHECK(GOOD("\x0f\x85\x01\x02\x03\x04").flow == FLOW_CONDITIONAL);
	CHECK(GOOD("\x0f\x95\xc0").flow == FLOW_NEXT);
	CHECK(GOOD("\xc5\xf8\x77").flow == FLOW_NEXT);
}

static void test_operands(void)
{
	static const u8 back[] = {0x75, 0x80}, far[] = {0x0f, 0x8f, 0, 0, 0, 0x80};
	struct instruction instruction = GOOD("\x75\x80");

	CHECK(instruction.relative == 1 && instruction.relative_size == 1);
	CHECK(instruction_distance(back, &instruction) == -128);
	instruction = GOOD("\x0f\x8f\0\0\0\x80");
	CHECK(instruction.relative == 2 && instruction.relative_size == 4);
	CHECK(instruction.opcode == 0x8f);
	CHECK(instruction_distance(far, &instruction) == -0x80000000L);
	/* cmpl $imm32, disp32(%rip) */
	instruction = GOOD("\x81\x3d\x01\x02\x03\x04\x05\x06\x07\x08");
	CHECK(instruction.rip_relative == 2 && !instruction.relative_size);
	/* vmovdqu disp32(%rip), %ymm0; vmovdqu64 disp32(%rip), %zmm0 */
	CHECK(GOOD("\xc5\xfe\x6f\x05\x01\x02\x03\x04").rip_relative == 4);
	CHECK(GOOD("\x62\xf1\xfe\x48\x6f\x05\x01\x02\x03\x04").rip_relative == 6);
	/* A SIB byte with no base has a displacement, but not from %rip. */
	CHECK(GOOD("\x8b\x04\x25\x01\x02\x03\x04").rip_relative == 0);
	CHECK(GOOD("\x67\x8b\x05\x01\x02\x03\x04").flow == FLOW_FIXED);
	/* movabs; with an operand size of 16 bits; REX.W before another prefix has no effect */
	GOOD("\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08");
	GOOD("\x66\xb8\x01\x02");
	GOOD("\x48\x66\xb8\x01\x02");
	GOOD("\x66\x48\xb8\x01\x02\x03\x04\x05\x06\x07\x08");
	GOOD("\xf6\xc0\x01");
	GOOD("\xf6\xd0");
	GOOD("\xf7\xc0\x01\x02\x03\x04");
	GOOD("\xc8\x01\x02\x03");
	GOOD("\x67\xa1\x01\x02\x03\x04");
	GOOD("\x66\x66\x48\xe8\x01\x02\x03\x04");
}

static void test_padding(void)
{
	CHECK(GOOD("\xcc").is_padding);
	CHECK(GOOD("\x66\x90").is_padding);
	CHECK(GOOD("\x66\x66\x2e\x0f\x1f\x84\0\0\0\0\0").is_padding);
	CHECK(!GOOD("\xf3\x90").is_padding);
	CHECK(!GOOD("\x41\x90").is_padding);
	CHECK(!GOOD("\x0f\x18\x00").is_padding);
}

static void test_unknown(void)
{
	struct instruction instruction;

	BAD("\x06");
	BAD("\x0f\x04");
	BAD("\x0f\x0f\xc0");
	BAD("\x0f\x20\xc0");
	BAD("\x8f\xe9\x78");	     /* XOP */
	BAD("\xc6\xc8");	     /* no such member */
	BAD("\x66\xe8");	     /* differs between Intel and AMD */
	BAD("\x66\xc5\xf8\x77");     /* a prefix before VEX */
	BAD("\xc4\xe0\x78\x10");     /* no such map */
	BAD("\xc5\xf8\x05");	     /* syscall has no vector form */
	BAD("\x62\xf4\x7c\x08\x01"); /* APX */
	BAD("\x62\xf9\x7c\x48\x10");
	BAD("\x62\xf1\x78\x48\x10");
	CHECK(decode("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90", 16,
		     &instruction) == -EINVAL);
	CHECK(decode("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66", 15,
		     &instruction) == -EINVAL);
}

int main(void)
{
	test_flow();
	test_operands();
	test_padding();
	test_unknown();
	return 0;
}
