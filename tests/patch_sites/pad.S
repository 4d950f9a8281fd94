/* SPDX-License-Identifier: BSD-3-Clause */
/* A target directly before, a call after it: patched through the padding. */
#include "site.inc"
	SITE site, PAD, GOES
	PROGRAM
	mov $2, %ebx
	lea 7(%rdi), %rax
	jmp site
	.balign 16
1:	mov %rbx, %rsi
site:	syscall
	call nothing
	dec %ebx
	jnz 1b
	ret
	nop
	.balign 16
2:	xchg %ax, %ax
	ret
	END
