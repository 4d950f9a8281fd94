/* SPDX-License-Identifier: BSD-3-Clause */
/* Random bytes for the kernel and for getrandom(2). */
#ifndef UK_RANDOM_H
#define UK_RANDOM_H

#include <uk/types.h>

/* Starts the generator from a seed (the same seed gives the same bytes), or from the machine's
 * entropy if seed is NULL. */
void uk_random_seed(const u64 *seed);

void uk_random_bytes(void *buffer, size_t size);
u64 uk_random_u64(void);

#endif
