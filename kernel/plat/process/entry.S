/* SPDX-License-Identifier: BSD-3-Clause */
/* The first instructions of the process, and its stacks. */
#include "layout.h"

	.text
	.globl	process_entry
process_entry:
	rdtsc
	movl	%eax, boot_tsc(%rip)
	movl	%edx, boot_tsc + 4(%rip)
	/* psABI 3.4.1: argc, argv and what follows lie at %rsp. */
	movq	%rsp, %rdi
	/* Below the frame of the program's registers, which are zero until it starts. */
	leaq	kernel_stack_top - FRAME_SPACE(%rip), %rsp
	xorl	%ebp, %ebp
	call	process_start
	ud2

	/* The host's kernel returns here from a signal handler. */
	.globl	host_signal_return
host_signal_return:
	movl	$15, %eax	/* rt_sigreturn */
	syscall
	ud2

	.bss
	.balign	4096
	.globl	kernel_stack_top, signal_stack
	.skip	KERNEL_STACK_SIZE
kernel_stack_top:
signal_stack:
	.skip	SIGNAL_STACK_SIZE

	.data
	.balign	8
	.globl	boot_tsc
boot_tsc:
	.quad	0

	.section .note.GNU-stack, "", @progbits
