/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: random/chacha20.c random/random.c */
#include <string.h>
#include <uk/plat.h>
#include <uk/random.h>

#include "../chacha20.h"
#include "check.h"

size_t ukplat_entropy(void *buffer, size_t length)
{
	static unsigned char next = 1;

	memset(buffer, next++, length);
	return length;
}

/* RFC 8439, 2.3.2. */
static void test_vector(void)
{
	static const u32 nonce[3] = {0x09000000, 0x4a000000, 0};
	static const u32 expected[CHACHA20_BLOCK_WORDS] = {
		0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
		0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
		0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
	u32 key[CHACHA20_KEY_WORDS], output[CHACHA20_BLOCK_WORDS];

	for (unsigned int i = 0; i < sizeof(key); i++)
		((u8 *)key)[i] = (u8)i;
	chacha20_block(key, 1, nonce, output);
	CHECK(memcmp(output, expected, sizeof(output)) == 0);
}

static void test_generator(void)
{
	const u64 seed = 42, other = 43;
	u8 whole[1000], parts[1000];
	size_t done = 0;

	uk_random_seed(&seed);
	uk_random_bytes(whole, sizeof(whole));
	uk_random_seed(&seed);
	for (size_t size = 1; done < sizeof(parts); done += size, size = size * 3 % 61) {
		if (size > sizeof(parts) - done)
			size = sizeof(parts) - done;
		uk_random_bytes(parts + done, size);
	}
	CHECK(memcmp(whole, parts, sizeof(whole)) == 0);
	uk_random_seed(&other);
	CHECK(uk_random_u64() != *(u64 *)whole);
	uk_random_seed(NULL);
	u64 first = uk_random_u64();
	uk_random_seed(NULL);
	CHECK(uk_random_u64() != first);
}

int main(void)
{
	test_vector();
	test_generator();
	return 0;
}
