/* SPDX-License-Identifier: BSD-3-Clause */
/* virtio_mmio.device=SIZE@BASE:IRQ, as on Linux (Documentation/admin-guide). */
#include <uk/string.h>

#include "platform.h"
#include "virtio.h"

#define PREFIX "virtio_mmio.device="

bool ukplat_parameter(const char *word)
{
	u64 base, interrupt;

	if (strncmp(word, PREFIX, sizeof(PREFIX) - 1) != 0)
		return false;
	/* The size is always 512; its notation (512, 0x200, 4K) does not matter. */
	word = strchr(word, '@');
	if (!word || uk_parse_u64(word + 1, &word, &base) || *word != ':' ||
	    uk_parse_u64(word + 1, &word, &interrupt))
		return false;
	virtio_mmio_add(base, (u32)interrupt);
	return true;
}
