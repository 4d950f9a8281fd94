/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls a program with given registers and flags; and the entry that patched calls reach. */
	.section .note.GNU-stack, "", @progbits
	.text

/* void run_program(struct registers *in, struct registers *out) */
	.globl run_program
run_program:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, caller_stack(%rip)
	mov %rsi, out(%rip)
	lea program_stack_end(%rip), %rsp
	lea -512(%rsp), %rax
1:	movq $0x5a5a5a5a, (%rax)
	add $8, %rax
	cmp %rsp, %rax
	jne 1b
	mov %rdi, %rax
	push 120(%rax)
	popfq
	mov 8(%rax), %rbx
	mov 16(%rax), %rcx
	mov 24(%rax), %rdx
	mov 32(%rax), %rsi
	mov 40(%rax), %rdi
	mov 48(%rax), %rbp
	mov 56(%rax), %r8
	mov 64(%rax), %r9
	mov 72(%rax), %r10
	mov 80(%rax), %r11
	mov 88(%rax), %r12
	mov 96(%rax), %r13
	mov 104(%rax), %r14
	mov 112(%rax), %r15
	mov (%rax), %rax
	call program
	pushfq
	push %rax
	mov out(%rip), %rax
	pop (%rax)
	pop 120(%rax)
	mov %rbx, 8(%rax)
	mov %rcx, 16(%rax)
	mov %rdx, 24(%rax)
	mov %rsi, 32(%rax)
	mov %rdi, 40(%rax)
	mov %rbp, 48(%rax)
	mov %r8, 56(%rax)
	mov %r9, 64(%rax)
	mov %r10, 72(%rax)
	mov %r11, 80(%rax)
	mov %r12, 88(%rax)
	mov %r13, 96(%rax)
	mov %r14, 104(%rax)
	mov %r15, 112(%rax)
	mov caller_stack(%rip), %rsp
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	.globl entry
entry:
	mov %rsp, interrupted_stack(%rip)
	lea entry_stack_end(%rip), %rsp
	pushfq
	push %r15
	push %r14
	push %r13
	push %r12
	push %r11
	push %r10
	push %r9
	push %r8
	push %rbp
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rbx
	push %rax
	mov %rsp, %rdi
	mov interrupted_stack(%rip), %rsi
	mov %rsp, %rbx
	and $-16, %rsp
	call patched_call
	mov %rbx, %rsp
	pop %rbx		/* %rax */
	pop %rbx
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	pop %rbp
	pop %r8
	pop %r9
	pop %r10
	pop %r11
	mov $0xdead, %r11d
	pop %r12
	pop %r13
	pop %r14
	pop %r15
	popfq
	mov interrupted_stack(%rip), %rsp
	jmp *%rcx

	.bss
	.balign 16
interrupted_stack:
	.skip 8
caller_stack:
	.skip 8
out:
	.skip 16
	.skip 262144
entry_stack_end:
	.skip 262144
program_stack_end:
	.skip 16
