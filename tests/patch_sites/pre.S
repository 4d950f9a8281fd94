/* SPDX-License-Identifier: BSD-3-Clause */
/* Short instructions before, a call after it. */
#include "site.inc"
	SITE site, PRE, GOES
	PROGRAM
	lea 7(%rdi), %rax
	mov %rsi, %rdi
site:	syscall
	call nothing
	ret
	END
