/* SPDX-License-Identifier: BSD-3-Clause */
/* A branch before, around the syscall. */
#include "site.inc"
	SITE site, PRE, GOES
	PROGRAM
	mov %rdi, %rax
	test %edi, %edi
	js 1f
site:	syscall
	call nothing
1:	lea 1(%rax), %rdx
	ret
	END
