/* SPDX-License-Identifier: BSD-3-Clause */
/* The ChaCha20 block function, RFC 8439 section 2.3. */
#ifndef RANDOM_CHACHA20_H
#define RANDOM_CHACHA20_H

#include <uk/types.h>

#define CHACHA20_KEY_WORDS   8
#define CHACHA20_BLOCK_WORDS 16

/* One block of key stream; nonce as three words. */
void chacha20_block(const u32 key[CHACHA20_KEY_WORDS], u32 counter, const u32 nonce[3],
		    u32 output[CHACHA20_BLOCK_WORDS]);

#endif
