/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of __restore_rt, entered with another number too. */
#include "site.inc"
	SITE site, REFUSED, STAYS
	PROGRAM
	lea 20(%rdi), %rax
	test %edi, %edi
	js site
	mov $15, %rax
site:	syscall
	nopl 0(%rax)
	ret
	END
