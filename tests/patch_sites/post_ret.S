/* SPDX-License-Identifier: BSD-3-Clause */
/* A return after it, and padding up to the next function. */
#include "site.inc"
	SITE site, POST, GOES
	PROGRAM
	lea 7(%rdi), %rax
site:	syscall
	ret
	.balign 16
next:	nop
	ret
	END
