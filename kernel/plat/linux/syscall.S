/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first step of a system call: a jump from a trampoline (uk/patch.h), or from the signal
 * handler after a trap. The program's registers are as at its `syscall`, except for
 *
 *	%r11	the address after the `syscall`
 *	%rcx	where it continues: there, or in the trampoline
 *
 * Nothing is stored on the program's stack: the red zone is below its stack pointer. The exit
 * restores the same registers as Linux, except for %rcx in a trampoline; cases that need more (a
 * signal frame, rt_sigreturn) leave through ukarch_resume().
 */
#include <uk/arch/cpu_offsets.h>
#include <uk/errno.h>
#include "syscall_registers.inc"
#include "unwind.inc"
#include "layout.h"

	.text
	.balign	64
	.globl	syscall_entry
syscall_entry:
	UNWIND_ENTRY %r11
	movq	%rsp, uk_cpu + CPU_GUEST_RSP(%rip)
	movq	uk_cpu + CPU_FRAME(%rip), %rsp
	UNWIND_REGS
	movq	%r11, REGS_RIP(%rsp)
	movq	%rcx, REGS_RCX(%rsp)
	SAVE_REGISTERS
	movq	uk_cpu + CPU_GUEST_RSP(%rip), %rcx
	movq	%rcx, REGS_RSP(%rsp)
	movq	%rsp, %rdi
	pushfq
	popq	REGS_EFLAGS(%rdi)
	cld
	testl	$FLAGS_FOREIGN, REGS_EFLAGS(%rdi)
	jne	.Lforeign
.Lcall:
	call	ukplat_syscall_handler

	/* If interrupted between here and syscall_exit_end, continue at syscall_exit_again. */
	.globl	syscall_exit
syscall_exit:
	cmpw	$0, uk_cpu + CPU_TIMER_FIRED(%rip) /* and CPU_MEMORY_IS_STALE, the next byte */
	jne	.Lwork
	movq	REGS_EFLAGS(%rsp), %r11
	testl	$FLAGS_SPECIAL, %r11d
	jne	.Lflags
	/* Sets the arithmetic flags without popfq, which takes longer than all of this path:
	 * overflow with an addition, the others with sahf (CPUID 80000001H ECX bit 0; all but the
	 * first x86-64 processors). */
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
	movq	uk_cpu + CPU_FRAME(%rip), %rsp
.Lwork:
	movq	%rsp, %rdi
	call	linux_settle_call
	jmp	syscall_exit
	.cfi_endproc

/* void ukarch_resume(struct __regs *): resumes the guest with exactly this state. */
	.globl	ukarch_resume
ukarch_resume:
	movq	%rdi, %rsp
	UNWIND_ON_REGS
.Lresume:
	call	linux_resume_at

	/* As above: if interrupted between here and resume_end, continue at resume_again. */
	.globl	resume_start
resume_start:
	cmpb	$0, uk_cpu + CPU_TIMER_FIRED(%rip)
	jne	resume_again
	RESUME
	.globl	resume_end
resume_end:

	.globl	resume_again
resume_again:
	movq	uk_cpu + CPU_FRAME(%rip), %rsp
	movq	%rsp, %rdi
	call	linux_settle
	movq	%rsp, %rdi
	jmp	.Lresume
	.cfi_endproc

/*
 * long host_wait(number, a, b, c, d, e): a host call that may block. -EINTR if the timer
 * interrupted it, -ERESTART if the timer fired before it began: if interrupted between
 * host_wait_start and the instruction itself, it continues at host_wait_again.
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
	cmpb	$0, uk_cpu + CPU_TIMER_FIRED(%rip)
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

	.section .note.GNU-stack, "", @progbits
