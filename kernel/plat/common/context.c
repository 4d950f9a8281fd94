/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/arch/extended_state.h>
#include <uk/assert.h>
#include <uk/context.h>
#include <uk/cpu.h>
#include <uk/cpu_features.h>
#include <uk/errno.h>
#include <uk/page.h>
#include <uk/plat.h>
#include <uk/string.h>

#define STACK_ORDER  2 /* UK_KERNEL_STACK_SIZE */
#define STACK_CANARY 0x6b636174732d6b75UL

_Static_assert(UK_PAGE_SIZE << STACK_ORDER == UK_KERNEL_STACK_SIZE, "uk/context.h");

/* What context_switch_stack() pops from a stack. */
struct saved {
	u64 r15, r14, r13, r12, rbp, rbx;
	u64 return_address;
};

void context_switch_stack(u64 *from, u64 to);
void context_begin(void);

/* The fastest form: it is saved on each switch. */
static void save_state(void *state)
{
	static enum { UNKNOWN, STANDARD, COMPACT } form;
	u64 mask = uk_cpu_features()->xsave_mask;

	if (unlikely(form == UNKNOWN))
		form = extended_state_can_compact(mask) ? COMPACT : STANDARD;
	if (form == COMPACT)
		extended_state_save_compact(state, mask);
	else
		extended_state_save(state, mask);
}

static void load_state(const void *state)
{
	extended_state_restore(state, uk_cpu_features()->xsave_mask);
}

/* Zeroed, because XSAVE writes only a part of its header. uk_malloc() aligns powers of two to their
 * size. */
static void *new_state(void)
{
	size_t size = EXTENDED_STATE_ALIGNMENT;
	void *state;

	while (size < uk_cpu_features()->xsave_size)
		size *= 2;
	state = uk_zalloc(size);
	UK_ASSERT(IS_ALIGNED((uintptr_t)state, EXTENDED_STATE_ALIGNMENT));
	return state;
}

int ukplat_context_create(struct ukplat_context *context, struct ukplat_context *parent,
			  const struct __regs *regs)
{
	uk_paddr_t block = uk_page_alloc_order(STACK_ORDER);
	struct saved *saved;

	*context = (struct ukplat_context){.stack = block ? uk_page_address(block) : NULL};
	if (!parent->extended_state)
		parent->extended_state = new_state();
	context->extended_state = new_state();
	if (!context->stack || !parent->extended_state || !context->extended_state) {
		ukplat_context_destroy(context);
		return -ENOMEM;
	}
	save_state(context->extended_state);
	context->fs_base = ukplat_get_fs_base();
	context->gs_base = ukplat_get_gs_base();
	*(u64 *)context->stack = STACK_CANARY;
	context->frame = (struct __regs *)((char *)context->stack + UK_KERNEL_STACK_SIZE) - 1;
	*context->frame = *regs;
	saved = (struct saved *)context->frame - 1;
	*saved = (struct saved){
		.rbx = (u64)context->frame,
		.return_address = (u64)context_begin,
	};
	context->stack_pointer = (u64)saved;
	return 0;
}

void ukplat_context_destroy(struct ukplat_context *context)
{
	if (context->stack)
		uk_page_free_order(uk_page_from_address(context->stack), STACK_ORDER);
	uk_free(context->extended_state);
}

size_t ukplat_context_state(const struct ukplat_context *context, void *buffer)
{
	if (context)
		load_state(context->extended_state);
	memset(buffer, 0, uk_cpu_features()->xsave_size);
	extended_state_save(buffer, uk_cpu_features()->xsave_mask);
	return uk_cpu_features()->xsave_size;
}

void ukplat_context_switch(struct ukplat_context *from, struct ukplat_context *to)
{
	/* The stack has no guard page; an overflow is detected here at the latest. */
	UK_ASSERT(!from->stack || *(u64 *)from->stack == STACK_CANARY);
	save_state(from->extended_state);
	load_state(to->extended_state);
	from->fs_base = ukplat_get_fs_base();
	from->gs_base = ukplat_get_gs_base();
	if (to->fs_base != from->fs_base)
		ukplat_set_fs_base(to->fs_base);
	if (to->gs_base != from->gs_base)
		ukplat_set_gs_base(to->gs_base);
	from->frame = uk_cpu_current()->frame;
	uk_cpu_current()->frame = to->frame;
	context_switch_stack(&from->stack_pointer, to->stack_pointer);
}
