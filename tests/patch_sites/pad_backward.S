/* SPDX-License-Identifier: BSD-3-Clause */
/* Padding before the function, of int3; two sites share it, one after the other. */
#include "site.inc"
	SITE first, PAD, GOES
	SITE second, PAD, GOES
	PROGRAM
	jmp 2f
	.balign 16, 0xcc
0:	mov %rbx, %rdx
	ret
	.fill 12, 1, 0xcc
	.balign 16
2:	mov $2, %ebx
	lea 7(%rdi), %rax
	jmp first
1:	mov %rbx, %rsi
first:	syscall
	call nothing
	jmp second
3:	mov %rbx, %rsi
second:	syscall
	call nothing
	dec %ebx
	js 3b
	jnz 1b
	jmp 0b
	END
