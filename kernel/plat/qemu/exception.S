/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions and interrupts. Each arrives on an IST stack, because the guest shares the ring and
 * its red zone must be preserved. The state is copied off that stack at once: to the thread's frame
 * if the guest was interrupted, below the interrupted stack pointer if the kernel was (the kernel
 * has no red zone). So the handler may fault again, or block.
 */
#include <uk/arch/cpu_offsets.h>
#include "unwind.inc"
#include "layout.h"

/* On the IST stack after the stubs and the five pushes below. */
#define IST_RDI	   0
#define IST_RSI	   8
#define IST_RDX	   16
#define IST_RCX	   24
#define IST_RAX	   32
#define IST_VECTOR 40
#define IST_ERROR  48
#define IST_RIP	   56
#define IST_CS	   64
#define IST_EFLAGS 72
#define IST_RSP	   80
#define IST_SS	   88

/* Vectors with an error code: Intel SDM vol. 3, table 6-1. */
#define HAS_ERROR(n) ((n) == 8 || ((n) >= 10 && (n) <= 14) || (n) == 17 || (n) == 21 || (n) == 29 || (n) == 30)

/* From the IST stack to the frame. */
#define COPY(reg)                 \
	movq	IST_##reg(%rsp), %rax; \
	movq	%rax, REGS_##reg(%rdx)

	.text
	/* One stub per vector, each EXCEPTION_STUB_SIZE bytes. */
	.globl	exception_stubs
	.balign	16
exception_stubs:
	.set	vector, 0
	.rept	64
	.balign	16
	.if	HAS_ERROR(vector) == 0
	pushq	$0
	.endif
	pushq	$vector
	jmp	exception_common
	.set	vector, vector + 1
	.endr

exception_common:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	cld
	movq	IST_RIP(%rsp), %rax
	cmpq	$kernel_start, %rax
	jb	.Lguest
	cmpq	$kernel_text_end, %rax
	jae	.Lguest
	cmpq	$syscall_exit_pop, %rax
	je	.Lexit_pop
	cmpq	$syscall_exit_jump, %rax
	je	.Lexit_jump

	/* The kernel: a frame below the interrupted stack pointer. */
	movq	IST_RSP(%rsp), %rdx
	subq	$REGS_SIZE + 8, %rdx
	andq	$-16, %rdx
	/* Unless its stack overflowed: then on a stack from which nothing returns. */
	movq	%rdx, %rax
	subq	$kernel_stack_guard, %rax
	cmpq	$4096, %rax
	jae	.Lcopy
	movq	$fatal_stack_top - REGS_SIZE - 8, %rdx
	jmp	.Lcopy

	/* At the end of a system call, with interrupts on already: complete the exit, so that the
	 * guest was interrupted. */
.Lexit_pop:
	movq	IST_RSP(%rsp), %rax
	movq	(%rax), %rax
	movq	%rax, IST_RSP(%rsp)
.Lexit_jump:
	movq	%rcx, IST_RIP(%rsp)
.Lguest:
	movq	uk_cpu + CPU_FRAME, %rdx
.Lcopy:
	movq	%r15, REGS_R15(%rdx)
	movq	%r14, REGS_R14(%rdx)
	movq	%r13, REGS_R13(%rdx)
	movq	%r12, REGS_R12(%rdx)
	movq	%rbp, REGS_RBP(%rdx)
	movq	%rbx, REGS_RBX(%rdx)
	movq	%r11, REGS_R11(%rdx)
	movq	%r10, REGS_R10(%rdx)
	movq	%r9, REGS_R9(%rdx)
	movq	%r8, REGS_R8(%rdx)
	COPY(RAX)
	COPY(RCX)
	COPY(RDX)
	COPY(RSI)
	COPY(RDI)
	COPY(RIP)
	COPY(CS)
	COPY(EFLAGS)
	COPY(RSP)
	COPY(SS)
	movq	$-1, REGS_ORIG_RAX(%rdx)
	movq	%rdx, %rdi
	movq	IST_VECTOR(%rsp), %rsi
	movq	IST_ERROR(%rsp), %rdx
	movq	%rdi, %rsp
	UNWIND_ON_REGS
	movq	%rdi, %rbx
	call	exception_handle
	movq	%rbx, %rdi
	jmp	ukarch_resume
	.cfi_endproc

	.bss
	.balign	16
	.globl	exception_stack_top, fatal_stack_top
	.skip	EXCEPTION_STACK_SIZE
exception_stack_top:
	.skip	FATAL_STACK_SIZE
fatal_stack_top:

	.section .note.GNU-stack, "", @progbits
