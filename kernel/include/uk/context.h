/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must be saved of a thread while another one runs: the kernel stack, with the program's
 * registers at its top, segment bases and extended state.
 */
#ifndef UK_CONTEXT_H
#define UK_CONTEXT_H

#include <uk/arch/regs.h>

#define UK_KERNEL_STACK_SIZE 16384 /* bytes, for each thread except the first */

struct ukplat_context {
	struct __regs *frame; /* the program's registers */
	u64 stack_pointer;    /* of the kernel, while another thread runs */
	u64 fs_base, gs_base;
	void *extended_state; /* NULL until there is a second thread */
	void *stack;	      /* NULL: the boot stack */
};

/*
 * Creates a context whose kernel stack begins in uk_leave_begin() with regs as the program's
 * registers, and with the calling thread's segment bases and extended state. parent is the caller's
 * context. 0, or -ENOMEM.
 */
int ukplat_context_create(struct ukplat_context *context, struct ukplat_context *parent,
			  const struct __regs *regs);
/* Frees what the context holds. It must not be running. */
void ukplat_context_destroy(struct ukplat_context *context);
/* Writes a context's extended state in XSAVE's standard form (FXSAVE's if there is no XSAVE) to
 * buffer, aligned to 64 bytes. Returns its size (uk/cpu_features.h: xsave_size). NULL: the running
 * context's state, which is lost when another one's is requested: no thread can continue after
 * that. */
size_t ukplat_context_state(const struct ukplat_context *context, void *buffer);
/* Runs another context; returns when another thread switches back. */
void ukplat_context_switch(struct ukplat_context *from, struct ukplat_context *to);

#endif
