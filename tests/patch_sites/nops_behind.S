/* SPDX-License-Identifier: BSD-3-Clause */
/* The first site is followed by nops that are executed: no padding for the second one. */
#include "site.inc"
	SITE first, POST, GOES
	SITE second, REFUSED, STAYS
	PROGRAM
	lea 7(%rdi), %rax
	.balign 16
	nop
first:	syscall
	mov %rax, %rdx
	nop
	nopl 0(%rax, %rax)
	lea 1(%rdx), %rsi
	lea 8(%rdi), %rax
	jmp second
	mov %rdi, %rsi
second:	syscall
	loop 1f
1:	ret
	.fill 200, 1, 0xf4
