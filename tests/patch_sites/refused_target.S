/* SPDX-License-Identifier: BSD-3-Clause */
/* Targets on both sides, and no padding in reach: the existing padding starts a function. */
#include "site.inc"
	SITE site, REFUSED, STAYS
	PROGRAM
	mov $3, %ebx
	lea 7(%rdi), %rax
	jmp site
1:	mov %rbx, %rsi
site:	syscall
2:	mov %rbx, %rdx
	dec %ebx
	js 2b
	jnz 1b
	jmp 3f
	.balign 16
	.fill 128, 1, 0x90
3:	ret
	.fill 200, 1, 0xf4
