/* SPDX-License-Identifier: BSD-3-Clause */
/* Switching between kernel stacks: what C code keeps (psABI 3.2.1) lies on the stack meanwhile. */

	.text
/* void context_switch_stack(u64 *from, u64 to): pointers of the stacks. */
	.globl	context_switch_stack
context_switch_stack:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/* Where a new stack begins: %rbx holds its frame. */
	.globl	context_begin
context_begin:
	movq	%rbx, %rdi
	call	uk_sched_begin
	ud2

	.section .note.GNU-stack, "", @progbits
