/* SPDX-License-Identifier: BSD-3-Clause */
/* Patched system calls of one space: sites whose `syscall` is a jump to a trampoline. */
#ifndef PLAT_LINUX_PATCHES_H
#define PLAT_LINUX_PATCHES_H

#include <uk/page.h>
#include <uk/patch.h>

#define PATCH_BLOCKS   16
#define TRAPPING_SITES 256 /* remembered, by a hash of their address */

/* A block of trampolines, near some text. */
struct patch_block {
	uintptr_t address;
	uk_paddr_t frames;
	size_t used; /* bytes */
};

struct trapping_site {
	u64 address;
	unsigned int traps;
	bool is_refused;
};

/* All zero: nothing is patched. */
struct patches {
	struct patch_block blocks[PATCH_BLOCKS];
	unsigned int block_count;
	struct uk_patch_map *maps; /* of all sites that were patched */
	unsigned int map_count, map_room;
	bool is_patching; /* pages change because of a patch */
	struct trapping_site trapping_sites[TRAPPING_SITES];
};

/* Frees what the patches hold; their space has no pages. */
void patches_deinit(struct patches *patches);

/* A `syscall` at address trapped with this number. Patches it, in the current space, when that is
 * possible and pays. Where the call goes on afterwards. */
u64 patches_try(u64 address, u64 number);
/* The page of text at this address is replaced, or goes. */
void patches_forget(struct patches *patches, uintptr_t page);
/* An address that the program was told, when a patch of the current space is there: that of the
 * instruction's copy; and back. */
u64 patches_to_trampoline(u64 ip);
u64 patches_to_original(u64 ip);

/* Of the machine, for the report. */
struct linux_patches {
	u64 traps;		   /* system calls that came by the host's signal */
	u64 forms[UK_PATCH_FORMS]; /* sites that got a plan */
};
const struct linux_patches *patches_counts(void);

#endif
