/* SPDX-License-Identifier: BSD-3-Clause */
/* Patched system calls of one space: sites whose `syscall` is a jump to a trampoline. */
#ifndef PLAT_LINUX_PATCHES_H
#define PLAT_LINUX_PATCHES_H

#include <uk/page.h>
#include <uk/patch.h>

#define PATCH_BLOCKS   16
#define TRAPPING_SITES 256 /* number of sites remembered, by a hash of their address */

/* A block of trampolines, near some text. */
struct patch_block {
	uintptr_t address;
	uk_paddr_t frames;
	size_t size, used; /* bytes */
};

struct trapping_site {
	u64 address;
	unsigned int traps;
	bool is_refused;
};

/* All zero: nothing is patched. */
struct patches {
	/* Blocks of the process that forked this one: full, because it may add to them. */
	struct patch_block *inherited;
	unsigned int inherited_count;
	struct patch_block blocks[PATCH_BLOCKS];
	unsigned int block_count;
	struct uk_patch_map *maps; /* of all patched sites */
	unsigned int map_count, map_room;
	bool is_patching; /* a patch is changing pages */
	struct trapping_site trapping_sites[TRAPPING_SITES];
};

/* fork(2): copies the patches to a space that has none. 0 or -ENOMEM. */
int patches_fork(const struct patches *from, struct patches *to);
/* Frees what the patches hold, after their space has lost all pages. */
void patches_deinit(struct patches *patches);

/* Handles a trap of the `syscall` at address with this number: patches it in the current space, if
 * that is possible and pays off. Returns where the call continues afterwards. */
u64 patches_try(u64 address, u64 number);
/* Called when the page of text at this address is replaced or removed. */
void patches_forget(struct patches *patches, uintptr_t page);
/* Converts an original address to that of the copied instruction in a trampoline, if it is part of
 * a patch of the current space; and back. */
u64 patches_to_trampoline(u64 ip);
u64 patches_to_original(u64 ip);

/* The machine's counts, for the report. */
struct linux_patches {
	u64 traps;		   /* system calls that trapped by a signal of the host */
	u64 forms[UK_PATCH_FORMS]; /* sites with each form of plan */
};
const struct linux_patches *patches_counts(void);

#endif
