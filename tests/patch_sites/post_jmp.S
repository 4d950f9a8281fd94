/* SPDX-License-Identifier: BSD-3-Clause */
/* A jump after it; execution does not continue behind the jump. */
#include "site.inc"
	SITE site, POST, GOES
	PROGRAM
	lea 7(%rdi), %rax
1:	nop
site:	syscall
	push %rax
	jmp 2f
	.balign 16
2:	pop %rdx
	ret
	END
