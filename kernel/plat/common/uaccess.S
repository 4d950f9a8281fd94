/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The instructions that touch guest memory. Each stands in the fix-up table with the place where
 * it goes on when the guest's page can not be had.
 */

	.macro	fixup	from, to
	.pushsection .fixup_table, "a"
	.quad	\from, \to
	.popsection
	.endm

	.text
/* size_t uaccess_copy(void *to, const void *from, size_t size): bytes left. */
	.globl	uaccess_copy
uaccess_copy:
	movq	%rdx, %rcx
	shrq	$3, %rcx
	andl	$7, %edx
1:	rep movsq
	movl	%edx, %ecx
2:	rep movsb
	xorl	%eax, %eax
	ret
	/* Up to the last byte that can be had, as callers report it. */
3:	leaq	(%rdx, %rcx, 8), %rcx
	jmp	2b
4:	movq	%rcx, %rax
	ret
	fixup	1b, 3b
	fixup	2b, 4b

/* size_t uaccess_clear(void *to, size_t size): bytes left. */
	.globl	uaccess_clear
uaccess_clear:
	movq	%rsi, %rcx
	movl	%esi, %edx
	shrq	$3, %rcx
	andl	$7, %edx
	xorl	%eax, %eax
1:	rep stosq
	movl	%edx, %ecx
2:	rep stosb
	ret
	/* Up to the last byte that can be had, as callers report it. */
3:	leaq	(%rdx, %rcx, 8), %rcx
	jmp	2b
4:	movq	%rcx, %rax
	ret
	fixup	1b, 3b
	fixup	2b, 4b

/* ssize_t uaccess_copy_string(char *to, const char *from, size_t size): length, size, or -1. */
	.globl	uaccess_copy_string
uaccess_copy_string:
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
	fixup	2b, 4b

	.section .note.GNU-stack, "", @progbits
