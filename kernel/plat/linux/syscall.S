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
#include <uk/errno.h>
#include "syscall_registers.inc"
#include "unwind.inc"
#include "layout.h"

	.text
	.balign	64
	.globl	syscall_entry
syscall_entry:
	UNWIND_ENTRY %r11
	movq	%rsp, guest_rsp(%rip)
	movq	thread_frame(%rip), %rsp
	UNWIND_REGS
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

	/* An interruption between here and syscall_exit_end goes on at syscall_exit_again. */
	.globl	syscall_exit
syscall_exit:
	cmpw	$0, space_is_stale(%rip) /* and ukplat_timer_fired */
	jne	.Lwork
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
.Lflags:
	pushq	%r11
	popfq
	jmp	.Lregisters
	.globl	syscall_exit_end
syscall_exit_end:

.Lforeign:
	pushq	$0x202
	popfq
	jmp	.Lcall

	.globl	syscall_exit_again
syscall_exit_again:
	movq	thread_frame(%rip), %rsp
.Lwork:
	movq	%rsp, %rdi
	call	linux_settle_call
	jmp	syscall_exit
	.cfi_endproc

/* void ukarch_resume(struct __regs *): the guest goes on with exactly this state. */
	.globl	ukarch_resume
ukarch_resume:
	movq	%rdi, %rsp
	UNWIND_ON_REGS
.Lresume:
	call	linux_resume_at

	/* As above: from here to resume_end it goes on at resume_again. */
	.globl	resume_start
resume_start:
	cmpb	$0, ukplat_timer_fired(%rip)
	jne	resume_again
	RESUME
	.globl	resume_end
resume_end:

	.globl	resume_again
resume_again:
	movq	thread_frame(%rip), %rsp
	movq	%rsp, %rdi
	call	linux_settle
	movq	%rsp, %rdi
	jmp	.Lresume
	.cfi_endproc

/*
 * long host_wait(number, a, b, c, d, e): a host call that may block. -EINTR when the timer
 * interrupted it, -ERESTART when that was so before it began: from host_wait_start to the
 * instruction itself an interruption goes on at host_wait_again.
 */
	.globl	host_wait
host_wait:
	.cfi_startproc
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsi
	movq	%rcx, %rdx
	movq	%r8, %r10
	movq	%r9, %r8
	.globl	host_wait_start
host_wait_start:
	cmpb	$0, ukplat_timer_fired(%rip)
	jne	host_wait_again
	syscall
	.globl	host_wait_end
host_wait_end:
	ret
	.globl	host_wait_again
host_wait_again:
	movq	$-ERESTART, %rax
	ret
	.cfi_endproc

	.bss
	.balign	8
guest_rsp:
	.skip	8
	/* Both are tested at once. */
	.globl	space_is_stale, ukplat_timer_fired
space_is_stale:
	.skip	1
ukplat_timer_fired:
	.skip	1

	THREAD_FRAME

	.section .note.GNU-stack, "", @progbits
