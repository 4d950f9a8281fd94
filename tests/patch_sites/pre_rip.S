/* SPDX-License-Identifier: BSD-3-Clause */
/* An instruction before that has room for the jump: the syscall stays, and can be jumped to. */
#include "site.inc"
	SITE site, PRE, STAYS
	PROGRAM
	mov %rdi, %rax
	xor %edx, %edx
	test %edi, %edi
	jz site
	lea data(%rip), %rdx
site:	syscall
	call nothing
	test %rdx, %rdx
	jz 1f
	mov (%rdx), %rdx
1:	ret
data:	.quad 0x1122334455667788
	END
