/* SPDX-License-Identifier: BSD-3-Clause */
/* Switching between kernel stacks: the registers that C code preserves (psABI 3.2.1) are saved on
 * the stack. */

#include "unwind.inc"

	.text
/* void context_switch_stack(u64 *from, u64 to): stack pointers. */
	.globl	context_switch_stack
context_switch_stack:
	.cfi_startproc
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
	.cfi_endproc

/* The first code on a new stack: %rbx holds its frame. */
	.globl	context_begin
context_begin:
	UNWIND_ON_REGS
	movq	%rbx, %rdi
	call	uk_leave_begin
	ud2
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
