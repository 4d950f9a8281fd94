/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Extended state (x87, SSE, AVX, ...): its size, saving and restoring it (Intel SDM vol. 1, chapter
 * 13). A mask selects components like XCR0; mask 0 means FXSAVE, on processors without XSAVE. Areas
 * are aligned to 64 bytes (16 for mask 0) and have extended_state_size() bytes.
 */
#ifndef UK_ARCH_EXTENDED_STATE_H
#define UK_ARCH_EXTENDED_STATE_H

#include <uk/arch/instructions.h>
#include <uk/essentials.h>

#define EXTENDED_STATE_LEGACY	 512 /* bytes, of FXSAVE and at the start of each XSAVE area */
#define EXTENDED_STATE_HEADER	 64  /* bytes, after them */
#define EXTENDED_STATE_FIRST	 2   /* the first component after the header, numbered as in XCR0 */
#define EXTENDED_STATE_NUMBERS	 63
#define EXTENDED_STATE_ALIGNMENT 64UL

/* XTILECFG and XTILEDATA: Linux gives AMX only to programs that ask for it, by arch_prctl
 * ARCH_REQ_XCOMP_PERM, which is not provided. */
#define EXTENDED_STATE_AMX (3UL << 17)

#define LEAF_EXTENDED_STATE 13
#define EAX_XSAVEC	    (1u << 1) /* subleaf 1 */

/* An instruction with EDX:EAX as the mask. */
#define EXTENDED_STATE_MASKED(instruction, area, mask)                                             \
	__asm__ volatile(instruction " (%0)"                                                       \
			 :                                                                         \
			 : "r"(area), "a"((u32)(mask)), "d"((u32)((mask) >> 32))                   \
			 : "memory")

/* Where the standard form stores a component: offset and size are 0 if it does not exist. */
struct extended_state_component {
	u32 offset, size; /* bytes */
};

/* read is cpuid(), or a test's table. */
static inline struct extended_state_component extended_state_component(
	unsigned int number, struct cpuid (*read)(u32 leaf, u32 subleaf))
{
	struct cpuid leaf = read(LEAF_EXTENDED_STATE, number);

	return (struct extended_state_component){.offset = leaf.ebx, .size = leaf.eax};
}

/* Bytes of an area in standard form with the components of mask. `enabled` is XCR0: CPUID (leaf 13,
 * EBX) returns the size for all components enabled there. Reading that is cheaper than reading each
 * component, since a virtual machine leaves to its monitor for each CPUID. A compacted area has no
 * gaps, so it is not larger. */
static inline u32 extended_state_size(u64 mask, u64 enabled,
				      struct cpuid (*read)(u32 leaf, u32 subleaf))
{
	u32 size = EXTENDED_STATE_LEGACY + EXTENDED_STATE_HEADER;

	if (!mask)
		return EXTENDED_STATE_LEGACY;
	if (mask == enabled)
		return read(LEAF_EXTENDED_STATE, 0).ebx;
	for (unsigned int i = EXTENDED_STATE_FIRST; i < EXTENDED_STATE_NUMBERS; i++) {
		struct extended_state_component component;

		if (!(mask >> i & 1))
			continue;
		component = extended_state_component(i, read);
		size = MAX(size, component.offset + component.size);
	}
	return size;
}

/* Saves in standard form. XSAVE leaves most of its header unchanged: zero the area before the first
 * use. */
static inline void extended_state_save(void *area, u64 mask)
{
	if (mask)
		EXTENDED_STATE_MASKED("xsave64", area, mask);
	else
		__asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

/* Whether extended_state_save_compact() can be used. */
static inline bool extended_state_can_compact(u64 mask)
{
	return mask && cpuid(LEAF_EXTENDED_STATE, 1).eax & EAX_XSAVEC;
}

/* Saves in compacted form, which is faster, and which extended_state_restore() also accepts. */
static inline void extended_state_save_compact(void *area, u64 mask)
{
	EXTENDED_STATE_MASKED("xsavec64", area, mask);
}

/* #GP if the area cannot have been written by the functions above (SDM vol. 1, 13.8). */
static inline void extended_state_restore(const void *area, u64 mask)
{
	if (mask)
		EXTENDED_STATE_MASKED("xrstor64", area, mask);
	else
		__asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

#endif
