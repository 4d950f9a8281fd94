/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The frame of a handler on the program's stack, with Linux's layout (arch/x86/kernel/signal.c):
 * red zone, extended state at 64 bytes, struct rt_sigframe placed so that the stack pointer plus 8
 * is aligned to 16, as after a call (psABI 3.2.2).
 */
#include <uk/cpu_features.h>
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "leave.h"

#define RED_ZONE 128
/* The values that Linux programs see; the real selectors are the kernel's. */
#define USER_CS	 0x33
#define USER_SS	 0x2b

#define FLAG_DIRECTION 0x400UL
#define FLAG_TRAP      0x100UL
#define FLAG_RESUME    0x10000UL
#define FLAG_INTERRUPT 0x200UL
#define FLAG_FIXED     0x002UL
/* AC, OF, DF, TF, SF, ZF, AF, PF, CF, RF: the flags that a program may change (Linux,
 * FIX_EFLAGS). */
#define FLAGS_USER     0x50dd5UL

/* The registers in both struct sigcontext and struct __regs, except the flags. */
#define COPY_REGISTERS(to, from)                                                                   \
	do {                                                                                       \
		(to)->r8 = (from)->r8;                                                             \
		(to)->r9 = (from)->r9;                                                             \
		(to)->r10 = (from)->r10;                                                           \
		(to)->r11 = (from)->r11;                                                           \
		(to)->r12 = (from)->r12;                                                           \
		(to)->r13 = (from)->r13;                                                           \
		(to)->r14 = (from)->r14;                                                           \
		(to)->r15 = (from)->r15;                                                           \
		(to)->rdi = (from)->rdi;                                                           \
		(to)->rsi = (from)->rsi;                                                           \
		(to)->rbp = (from)->rbp;                                                           \
		(to)->rbx = (from)->rbx;                                                           \
		(to)->rdx = (from)->rdx;                                                           \
		(to)->rax = (from)->rax;                                                           \
		(to)->rcx = (from)->rcx;                                                           \
		(to)->rsp = (from)->rsp;                                                           \
		(to)->rip = (from)->rip;                                                           \
	} while (0)

static u64 choose_stack(const struct __regs *regs, const struct kernel_sigaction *action)
{
	const stack_t *stack = &uk_thread_current()->signal.altstack;

	if (action->flags & SA_ONSTACK && !(stack->ss_flags & SS_DISABLE) &&
	    !uk_signal_on_altstack(regs->rsp))
		return (u64)stack->ss_sp + stack->ss_size;
	return regs->rsp - RED_ZONE;
}

static void fill_context(struct ucontext *context, const struct __regs *regs,
			 const struct uk_fault *fault, u64 fpstate, u64 mask)
{
	context->flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS |
			 (uk_cpu_features()->xsave_mask ? UC_FP_XSTATE : 0);
	context->stack = uk_thread_current()->signal.altstack;
	if (!(context->stack.ss_flags & SS_DISABLE) && uk_signal_on_altstack(regs->rsp))
		context->stack.ss_flags |= SS_ONSTACK;
	context->context = (struct sigcontext){
		.eflags = regs->eflags,
		.cs = USER_CS,
		.ss = USER_SS,
		.err = fault->error,
		.trapno = fault->vector,
		.oldmask = mask,
		.cr2 = fault->address,
		.fpstate = fpstate,
	};
	COPY_REGISTERS(&context->context, regs);
	context->mask = mask;
}

int leave_build_frame(struct __regs *regs, const struct kernel_sigaction *action,
		      const siginfo_t *information, const struct uk_fault *fault, u64 mask)
{
	u64 top = choose_stack(regs, action);
	u64 fpstate = ALIGN_DOWN(top - fpu_frame_size(), 64UL);
	u64 address = ALIGN_DOWN(fpstate - sizeof(struct rt_sigframe), 16UL) - 8;
	struct rt_sigframe frame = {.return_address = action->restorer,
				    .information = *information};

	/* The alternate stack must have room for all of it (Linux, get_sigframe). */
	if (uk_signal_on_altstack(top) && !uk_signal_on_altstack(address))
		return -EFAULT;
	/* The handler runs on our ring: an address that would fault on Linux must not become a jump
	 * into the kernel. */
	if (action->handler >= UK_GUEST_END)
		return -EFAULT;
	if (!(action->flags & SA_RESTORER) || fpu_save((void *)fpstate))
		return -EFAULT;
	fill_context(&frame.context, regs, fault, fpstate, mask);
	if (copy_to_user((void *)address, &frame, sizeof(frame)))
		return -EFAULT;
	regs->rip = action->handler;
	regs->rsp = address;
	regs->rdi = (u64)information->si_signo;
	regs->rsi = address + offsetof(struct rt_sigframe, information);
	regs->rdx = address + offsetof(struct rt_sigframe, context);
	regs->rax = 0;
	regs->eflags &= ~(FLAG_DIRECTION | FLAG_TRAP | FLAG_RESUME);
	return 0;
}

static void take_context(struct __regs *regs, const struct sigcontext *context)
{
	COPY_REGISTERS(regs, context);
	regs->eflags = (context->eflags & FLAGS_USER) | FLAG_INTERRUPT | FLAG_FIXED;
}

void leave_bad_frame(struct __regs *regs)
{
	const struct uk_fault bad_frame = {.signal = SIGSEGV, .code = SI_KERNEL};

	uk_signal_fault(regs, &bad_frame);
}

int uk_signal_return(struct __regs *regs)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;
	struct ucontext context;
	/* The handler's `ret` popped the return address. */
	u64 address = regs->rsp - sizeof(u64) + offsetof(struct rt_sigframe, context);

	regs->orig_rax = ~0UL;
	if (copy_from_user(&context, (const void *)address, sizeof(context)) ||
	    context.context.rip >= UK_GUEST_END ||
	    fpu_restore((const void *)context.context.fpstate))
		return -EFAULT;
	take_context(regs, &context.context);
	uk_signal_set_blocked(context.mask);
	if (!(context.stack.ss_flags & ~(int)(SS_DISABLE | SS_ONSTACK | SS_AUTODISARM)) &&
	    (context.stack.ss_flags & SS_DISABLE || context.stack.ss_size >= MINSIGSTKSZ)) {
		state->altstack = context.stack;
		state->altstack.ss_flags &= ~SS_ONSTACK;
	}
	return 0;
}
