/* SPDX-License-Identifier: BSD-3-Clause */
/* Only branches with a reach of one byte, and a call target. */
#include "site.inc"
	SITE first, REFUSED, STAYS
	SITE second, REFUSED, STAYS
	PROGRAM
	lea 7(%rdi), %rax
	jmp first
0:	mov %rdi, %rsi
first:	syscall
	jrcxz 1f
	call inner
1:	cmp $77, %esi
	je 0b
	ret
	.byte 0xe9
	.long 0x100
	lea 8(%rdi), %rax
	jmp inner
2:	mov %rdi, %rsi
inner:	nop
second:	syscall
	jrcxz 3f
	cmp $77, %esi
	je 2b
3:	ret
	.fill 200, 1, 0xf4
