/* SPDX-License-Identifier: BSD-3-Clause */
/* The first instructions of the process, and its stacks. */
#include "unwind.inc"
#include "layout.h"

#define CONTEXT 40 /* offset of struct sigcontext in struct ucontext */

	.text
	.globl	linux_entry
linux_entry:
	UNWIND_END
	rdtsc
	movl	%eax, boot_tsc(%rip)
	movl	%edx, boot_tsc + 4(%rip)
	/* psABI 3.4.1: %rsp points to argc, argv and what follows. */
	movq	%rsp, %rdi
	/* Below the frame of the program's registers, which are zero until it starts. */
	leaq	kernel_stack_top - FRAME_SPACE(%rip), %rsp
	xorl	%ebp, %ebp
	call	linux_start
	ud2
	.cfi_endproc

	/*
	 * The host's kernel returns here from a signal handler, whose caller is the interrupted
	 * code: its state is in the ucontext at %rsp (uapi asm/ucontext.h). Debuggers look up the
	 * byte before a return address.
	 */
	.cfi_startproc simple
	.cfi_signal_frame
	UNWIND_STACK CONTEXT + 120
	UNWIND_REGISTER 8, CONTEXT + 0
	UNWIND_REGISTER 9, CONTEXT + 8
	UNWIND_REGISTER 10, CONTEXT + 16
	UNWIND_REGISTER 11, CONTEXT + 24
	UNWIND_REGISTER 12, CONTEXT + 32
	UNWIND_REGISTER 13, CONTEXT + 40
	UNWIND_REGISTER 14, CONTEXT + 48
	UNWIND_REGISTER 15, CONTEXT + 56
	UNWIND_REGISTER 5, CONTEXT + 64
	UNWIND_REGISTER 4, CONTEXT + 72
	UNWIND_REGISTER 6, CONTEXT + 80
	UNWIND_REGISTER 3, CONTEXT + 88
	UNWIND_REGISTER 1, CONTEXT + 96
	UNWIND_REGISTER 0, CONTEXT + 104
	UNWIND_REGISTER 2, CONTEXT + 112
	UNWIND_REGISTER DWARF_RIP, CONTEXT + 128
host_signal_frame:
	nop
	.globl	host_signal_return
host_signal_return:
	movl	$15, %eax	/* rt_sigreturn */
	syscall
	ud2
	.cfi_endproc

	.section .stacks, "aw", @nobits
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
