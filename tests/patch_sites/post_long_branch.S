/* SPDX-License-Identifier: BSD-3-Clause */
/* A long conditional branch after it, and a branch to the site itself, which stays possible. */
#include "site.inc"
	SITE site, POST, GOES
	PROGRAM
	mov $3, %ebx
	lea 7(%rdi), %rax
site:	syscall
	jc far
	test %rax, %rax
	dec %ebx
	jnz site
	ret
	.fill 300, 1, 0xcc
far:	mov $5, %edx
	ret
	END
