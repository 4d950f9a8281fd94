/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first step of a system call: LSTAR. The guest runs in the kernel's ring, so `syscall` is a
 * jump that leaves rip in %rcx and rflags in %r11 (Intel SDM vol. 2, SYSCALL), with interrupts
 * masked by FMASK. Nothing is stored on the guest's stack: the red zone is below its stack pointer.
 *
 * The frame of struct uk_cpu points to the struct __regs at the top of the thread's kernel stack;
 * its cs and ss never change. The fast return restores what the ABI preserves; code that needs more
 * (a signal frame, rt_sigreturn) leaves through ukarch_resume().
 */
#include <uk/arch/cpu_offsets.h>
#include "syscall_registers.inc"
#include "unwind.inc"
#include "layout.h"

	.text
	.balign	64
	.globl	syscall_entry
syscall_entry:
	UNWIND_ENTRY %rcx
	movq	%rsp, uk_cpu + CPU_GUEST_RSP
	movq	uk_cpu + CPU_FRAME, %rsp
	UNWIND_REGS
	SAVE_REGISTERS
	movq	%rcx, REGS_RIP(%rsp)
	movq	uk_cpu + CPU_GUEST_RSP, %rcx
	movq	%r11, REGS_EFLAGS(%rsp)
	movq	%rcx, REGS_RSP(%rsp)
	movq	%rsp, %rdi
	call	ukplat_syscall_handler
	LOAD_REGISTERS
	movq	REGS_RIP(%rsp), %rcx
	movq	REGS_EFLAGS(%rsp), %r11
	addq	$REGS_EFLAGS, %rsp
	popfq
	/* Interrupts are on again: exception.S handles these two instructions. */
	.globl	syscall_exit_pop
syscall_exit_pop:
	popq	%rsp
	.globl	syscall_exit_jump
syscall_exit_jump:
	jmp	*%rcx
	.cfi_endproc

/* void ukarch_resume(struct __regs *): resumes the guest with exactly this state. */
	.globl	ukarch_resume
ukarch_resume:
	movq	%rdi, %rsp
	RESUME

	.section .note.GNU-stack, "", @progbits
