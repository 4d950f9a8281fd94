/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The instructions that access guest memory. The fix-up table lists each with the address at which
 * to continue if the guest's page cannot be accessed.
 */

	.macro	fixup	from, to
	.pushsection .fixup_table, "a"
	.quad	\from, \to
	.popsection
	.endm

/* `rep` takes some 30 cycles to start: shorter blocks are copied with plain moves. */
#define SHORT 64

	.cfi_sections .debug_frame

	.text
/* size_t uaccess_copy(void *to, const void *from, size_t size): bytes left. */
	.globl	uaccess_copy
uaccess_copy:
	.cfi_startproc
	movq	%rdx, %rcx
	shrq	$3, %rcx
	cmpq	$SHORT, %rdx
	jae	5f
	andl	$7, %edx
	testl	%ecx, %ecx
	je	3f
1:	movq	(%rsi), %rax
2:	movq	%rax, (%rdi)
	addq	$8, %rsi
	addq	$8, %rdi
	decl	%ecx
	jne	1b
3:	testl	%edx, %edx
	je	7f
4:	movb	(%rsi), %al
8:	movb	%al, (%rdi)
	incq	%rsi
	incq	%rdi
	decq	%rdx
	jne	4b
7:	xorl	%eax, %eax
	ret
5:	andl	$7, %edx
6:	rep movsq
	jmp	3b
	/* Up to the last accessible byte, because callers report it. */
9:	leaq	(%rdx, %rcx, 8), %rdx
	jmp	4b
0:	movq	%rdx, %rax
	ret
	.cfi_endproc
	fixup	1b, 9b
	fixup	2b, 9b
	fixup	4b, 0b
	fixup	8b, 0b
	fixup	6b, 9b

/* size_t uaccess_clear(void *to, size_t size): bytes left. */
	.globl	uaccess_clear
uaccess_clear:
	.cfi_startproc
	movq	%rsi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
	cmpq	$SHORT, %rsi
	jae	5f
	andl	$7, %esi
	testl	%ecx, %ecx
	je	3f
1:	movq	%rax, (%rdi)
	addq	$8, %rdi
	decl	%ecx
	jne	1b
3:	testl	%esi, %esi
	je	7f
4:	movb	%al, (%rdi)
	incq	%rdi
	decq	%rsi
	jne	4b
7:	ret
5:	andl	$7, %esi
6:	rep stosq
	jmp	3b
	/* Up to the last accessible byte, because callers report it. */
9:	leaq	(%rsi, %rcx, 8), %rsi
	jmp	4b
0:	movq	%rsi, %rax
	ret
	.cfi_endproc
	fixup	1b, 9b
	fixup	4b, 0b
	fixup	6b, 9b

/* ssize_t uaccess_copy_string(char *to, const char *from, size_t size): length, size, or -1. */
	.globl	uaccess_copy_string
uaccess_copy_string:
	.cfi_startproc
	xorl	%eax, %eax
1:	cmpq	%rdx, %rax
	je	3f
2:	movb	(%rsi, %rax), %cl
	movb	%cl, (%rdi, %rax)
	testb	%cl, %cl
	je	3f
	incq	%rax
	jmp	1b
3:	ret
4:	movq	$-1, %rax
	ret
	.cfi_endproc
	fixup	2b, 4b

	.section .note.GNU-stack, "", @progbits
