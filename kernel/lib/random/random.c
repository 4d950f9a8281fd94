/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A generator based on ChaCha20 with fast key erasure (D. J. Bernstein, 2017): the first half of
 * each block is the next key, so that the state does not reveal earlier output.
 */
#include <uk/plat.h>
#include <uk/random.h>
#include <uk/string.h>

#include "chacha20.h"

#define OUTPUT_SIZE ((CHACHA20_BLOCK_WORDS - CHACHA20_KEY_WORDS) * sizeof(u32))

static u32 key[CHACHA20_KEY_WORDS];
static u32 block[CHACHA20_BLOCK_WORDS];
static size_t unused; /* bytes at the end of block that have not been handed out */

static void refill(void)
{
	static const u32 nonce[3];

	chacha20_block(key, 0, nonce, block);
	memcpy(key, block, sizeof(key));
	unused = OUTPUT_SIZE;
}

void uk_random_seed(const u64 *seed)
{
	memset(key, 0, sizeof(key));
	if (seed)
		memcpy(key, seed, sizeof(*seed));
	else
		ukplat_entropy(key, sizeof(key));
	unused = 0;
}

void uk_random_bytes(void *buffer, size_t size)
{
	char *to = buffer;

	while (size > 0) {
		char *from;
		size_t part;

		if (unused == 0)
			refill();
		part = MIN(size, unused);
		from = (char *)block + sizeof(block) - unused;
		memcpy(to, from, part);
		memset(from, 0, part);
		unused -= part;
		to += part;
		size -= part;
	}
}

u64 uk_random_u64(void)
{
	u64 value;

	uk_random_bytes(&value, sizeof(value));
	return value;
}
