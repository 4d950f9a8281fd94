/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The extended state in a signal frame: XSAVE's standard form (Intel SDM vol. 1, 13.4), with the
 * words in which Linux stores its size (uapi asm/sigcontext.h); FXSAVE on processors without XSAVE.
 */
#include <uk/arch/extended_state.h>
#include <uk/cpu.h>
#include <uk/cpu_features.h>
#include <uk/errno.h>
#include <uk/page.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "leave.h"

#define MXCSR_OFFSET	   24
#define MXCSR_MASK_OFFSET  28
#define MXCSR_MASK_DEFAULT 0xffbfu /* if the processor says 0 (SDM vol. 1, 11.6.6) */
#define MXCSR_INITIAL	   0x1f80u
#define FCW_INITIAL	   0x37f
#define STATE_X87_SSE	   3UL

struct xsave_header {
	u64 features;
	u64 compaction;
	u64 reserved[6];
};

static size_t state_size(void)
{
	return uk_cpu_features()->xsave_size;
}

size_t fpu_frame_size(void)
{
	return state_size() + (uk_cpu_features()->xsave_mask ? sizeof(u32) : 0);
}

/* Allocates fpu_frame_size() bytes, aligned to a page; XSAVE requires 64 bytes. NULL if there is no
 * memory. */
static char *area(void)
{
	struct uk_cpu *cpu = uk_cpu_current();

	if (!cpu->extended_state) {
		unsigned int order = 0;
		uk_paddr_t block;

		while (UK_PAGE_SIZE << order < fpu_frame_size())
			order++;
		block = uk_page_alloc_order(order);
		cpu->extended_state = block ? uk_page_address(block) : NULL;
	}
	return cpu->extended_state;
}

int fpu_save(void __user *frame)
{
	u64 mask = uk_cpu_features()->xsave_mask;
	struct fpx_software_bytes software = {0};
	char *state = area();

	if (!state)
		return -ENOMEM;
	memset(state, 0, fpu_frame_size());
	extended_state_save(state, mask);
	if (!mask)
		return copy_to_user(frame, state, fpu_frame_size());
	software.magic1 = FP_XSTATE_MAGIC1;
	software.extended_size = (u32)fpu_frame_size();
	software.features = mask;
	software.xstate_size = (u32)state_size();
	memcpy(state + FPX_SOFTWARE_OFFSET, &software, sizeof(software));
	*(u32 *)(state + state_size()) = FP_XSTATE_MAGIC2;
	return copy_to_user(frame, state, fpu_frame_size());
}

/* Whether an XSAVE area written by this kernel follows the first 512 bytes of the frame. */
static bool is_extended(const char *state, const char __user *frame)
{
	struct fpx_software_bytes software;
	u32 magic2;

	memcpy(&software, state + FPX_SOFTWARE_OFFSET, sizeof(software));
	return software.magic1 == FP_XSTATE_MAGIC1 && software.xstate_size == state_size() &&
	       copy_from_user(&magic2, frame + software.xstate_size, sizeof(magic2)) == 0 &&
	       magic2 == FP_XSTATE_MAGIC2;
}

static u32 mxcsr_mask(void)
{
	static char probe[EXTENDED_STATE_LEGACY] __aligned_to(16);
	static u32 mask;

	if (!mask) {
		extended_state_save(probe, 0);
		memcpy(&mask, probe + MXCSR_MASK_OFFSET, sizeof(mask));
		if (!mask)
			mask = MXCSR_MASK_DEFAULT;
	}
	return mask;
}

int fpu_restore(const void __user *frame)
{
	u64 mask = uk_cpu_features()->xsave_mask;
	struct xsave_header header = {.features = STATE_X87_SSE};
	char *state = area();
	u32 mxcsr;

	if (!state)
		return -EFAULT;
	memset(state, 0, EXTENDED_STATE_LEGACY);
	if (!frame) {
		*(u16 *)state = FCW_INITIAL;
		*(u32 *)(state + MXCSR_OFFSET) = MXCSR_INITIAL;
	} else if (copy_from_user(state, frame, EXTENDED_STATE_LEGACY)) {
		return -EFAULT;
	} else if (mask && is_extended(state, frame)) {
		if (copy_from_user(state, frame, state_size()))
			return -EFAULT;
		memcpy(&header, state + EXTENDED_STATE_LEGACY, sizeof(header));
	}
	/* A state that would be #GP in XRSTOR and FXRSTOR (SDM vol. 1, 13.8; 11.6.6) is a bad
	 * frame. */
	memcpy(&mxcsr, state + MXCSR_OFFSET, sizeof(mxcsr));
	if (mxcsr & ~mxcsr_mask())
		return -EFAULT;
	if (mask) {
		if (header.features & ~mask || header.compaction || header.reserved[0])
			return -EFAULT;
		memcpy(state + EXTENDED_STATE_LEGACY, &header, sizeof(header));
	}
	extended_state_restore(state, mask);
	return 0;
}
