/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The road's first step: a jump from a trampoline (uk/patch.h), or from the signal handler after a
 * trap. The program's registers are as they were at its `syscall`, but for
 *
 *	%r11	the address behind the `syscall`
 *	%rcx	where it goes on: there, or in the trampoline
 *
 * Nothing is stored on the program's stack: below it lies the red zone. The way out restores what
 * Linux does, but for %rcx in a trampoline; who needs more (a signal frame, rt_sigreturn) leaves
 * through ukarch_resume().
 */
#include "syscall_registers.inc"
#include "layout.h"

	.text
	.balign	64
	.globl	syscall_entry
syscall_entry:
	movq	%rsp, guest_rsp(%rip)
	movq	thread_frame(%rip), %rsp
	movq	%r11, REGS_RIP(%rsp)
	movq	%rcx, REGS_RCX(%rsp)
	SAVE_REGISTERS
	movq	guest_rsp(%rip), %rcx
	movq	%rcx, REGS_RSP(%rsp)
	movq	%rsp, %rdi
	pushfq
	popq	REGS_EFLAGS(%rdi)
	cld
	testl	$FLAGS_FOREIGN, REGS_EFLAGS(%rdi)
	jne	.Lforeign
.Lcall:
	call	ukplat_syscall_handler
	cmpb	$0, memory_is_stale(%rip)
	jne	.Lstale
.Lout:
	movq	REGS_EFLAGS(%rsp), %r11
	testl	$FLAGS_SPECIAL, %r11d
	jne	.Lflags
	/* The arithmetic flags without popfq, which takes longer than all of this road: overflow by
	 * a sum, the others by sahf (CPUID 80000001H ECX bit 0; all but the first of x86-64). */
	movl	%r11d, %eax
	movl	%r11d, %ecx
	shrl	$5, %ecx
	andl	$0x40, %ecx
	addb	%cl, %cl
	movb	%al, %ah
	sahf
.Lregisters:
	LOAD_REGISTERS
	movq	REGS_RCX(%rsp), %rcx
	movq	REGS_RSP(%rsp), %rsp
	jmp	*%rcx

.Lforeign:
	pushq	$0x202
	popfq
	jmp	.Lcall

.Lstale:
	call	memory_sync
	jmp	.Lout

.Lflags:
	pushq	%r11
	popfq
	jmp	.Lregisters

/* void ukarch_resume(struct __regs *): the guest goes on with exactly this state. */
	.globl	ukarch_resume
ukarch_resume:
	movq	%rdi, %rbx
	leaq	-8(%rdi), %rsp
	call	process_resume_at
	movq	%rbx, %rsp
	RESUME

	.bss
	.balign	8
guest_rsp:
	.skip	8

	THREAD_FRAME

	.section .note.GNU-stack, "", @progbits
