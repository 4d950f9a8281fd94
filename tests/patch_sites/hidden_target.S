/* SPDX-License-Identifier: BSD-3-Clause */
/* The patch of the first site removes the branch into the code after the second. */
#include "site.inc"
	SITE first, POST, GOES
	SITE second, REFUSED, STAYS
	PROGRAM
	mov $4, %ebx
	lea 7(%rdi), %rax
	cmp $1, %edi
	jmp first
	nop
first:	syscall
	js 1f
	mov %rax, %rdx
	jmp second
	mov %rdi, %rsi
second:	syscall
	nop
1:	mov %rbx, %rdx
	ret
	.fill 200, 1, 0xf4
