/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The channel: the machine's memory is a file that the host maps too (memory-backend-file), and the
 * bell is a debug console, whose bytes reach the host's pipe at once. The first eight bytes state
 * where in the machine's memory the channel is.
 */
#include <uk/assert.h>
#include <uk/cpu.h>
#include <uk/string.h>

#include "platform.h"

#define BELL_PORT    0x5e9
#define BELL_PRESENT 0xe9 /* as for every isa-debugcon */

/* The host answers within tens of microseconds; a handler in Python may take any time. */
#define SPIN_TICKS  1000000UL
#define NAP_MIN_NS  20000UL
#define NAP_MAX_NS  1000000UL
/* Below this, an address is also the offset in the host's file, on every machine type. */
#define ADDRESS_MAX 0x80000000UL

void *ukplat_channel_open(size_t size)
{
	unsigned int order = 0;
	uk_paddr_t block;

	if (inb(BELL_PORT) != BELL_PRESENT)
		return NULL;
	while (UK_PAGE_SIZE << order < size)
		order++;
	block = uk_page_alloc_order(order);
	if (!block || block + size > ADDRESS_MAX)
		UK_PANIC("no memory for the channel to the host; set a larger memory size");
	memset(uk_page_address(block), 0, size);
	for (unsigned int shift = 0; shift < 64; shift += 8)
		outb(BELL_PORT, (u8)(block >> shift));
	return uk_page_address(block);
}

void ukplat_channel_notify(u8 reason)
{
	outb(BELL_PORT, reason);
}

/* A nap ends with the timer: the host has no interrupt to send, and needs none. */
void ukplat_channel_wait(const u32 *word, u32 value)
{
	u64 start = rdtsc(), nap = NAP_MIN_NS;

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
		if (rdtsc() - start < SPIN_TICKS) {
			__builtin_ia32_pause();
			continue;
		}
		uk_timer_check();
		ukplat_wait(ukplat_monotonic_ns() + nap);
		nap = MIN(2 * nap, NAP_MAX_NS);
	}
}
