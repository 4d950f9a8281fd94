/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The road's first step: LSTAR. The guest runs on the kernel's ring, so `syscall` is a jump that
 * leaves rip in %rcx and rflags in %r11 (Intel SDM vol. 2, SYSCALL), with interrupts masked by
 * FMASK. Nothing is stored on the guest's stack: below it lies the red zone.
 *
 * thread_frame points to the struct __regs at the top of the thread's kernel stack; its cs and ss
 * never change. The fast way out restores what the ABI keeps; who needs more (a signal frame,
 * rt_sigreturn) leaves through ukarch_resume().
 */
#include <uk/arch/regs_offsets.h>
#include "layout.h"

	.text
	.balign	64
	.globl	syscall_entry
syscall_entry:
	movq	%rsp, guest_rsp
	movq	thread_frame, %rsp
	movq	%r15, REGS_R15(%rsp)
	movq	%r14, REGS_R14(%rsp)
	movq	%r13, REGS_R13(%rsp)
	movq	%r12, REGS_R12(%rsp)
	movq	%rbp, REGS_RBP(%rsp)
	movq	%rbx, REGS_RBX(%rsp)
	movq	%r10, REGS_R10(%rsp)
	movq	%r9, REGS_R9(%rsp)
	movq	%r8, REGS_R8(%rsp)
	movq	%rdx, REGS_RDX(%rsp)
	movq	%rsi, REGS_RSI(%rsp)
	movq	%rdi, REGS_RDI(%rsp)
	movq	%rax, REGS_ORIG_RAX(%rsp)
	movq	%rcx, REGS_RIP(%rsp)
	movq	guest_rsp, %rcx
	movq	%r11, REGS_EFLAGS(%rsp)
	movq	%rcx, REGS_RSP(%rsp)
	movq	%rsp, %rdi
	call	ukplat_syscall_handler
	movq	REGS_RAX(%rsp), %rax
	movq	REGS_RDI(%rsp), %rdi
	movq	REGS_RSI(%rsp), %rsi
	movq	REGS_RDX(%rsp), %rdx
	movq	REGS_R8(%rsp), %r8
	movq	REGS_R9(%rsp), %r9
	movq	REGS_R10(%rsp), %r10
	movq	REGS_RIP(%rsp), %rcx
	movq	REGS_EFLAGS(%rsp), %r11
	addq	$REGS_EFLAGS, %rsp
	popfq
	/* Interrupts are on again: exception.S knows these two instructions. */
	.globl	syscall_exit_pop
syscall_exit_pop:
	popq	%rsp
	.globl	syscall_exit_jump
syscall_exit_jump:
	jmp	*%rcx

/* void ukarch_resume(struct __regs *): the guest goes on with exactly this state. */
	.globl	ukarch_resume
ukarch_resume:
	movq	%rdi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	addq	$8, %rsp
	iretq

	.bss
	.balign	8
guest_rsp:
	.skip	8

	.data
	.balign	8
	.globl	thread_frame
thread_frame:
	.quad	kernel_stack_top - REGS_SIZE - 8

	.section .note.GNU-stack, "", @progbits
