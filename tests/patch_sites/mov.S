/* SPDX-License-Identifier: BSD-3-Clause */
/* glibc's wrappers. The other path to the syscall has another number. */
#include "site.inc"
	SITE site, MOV, STAYS
	PROGRAM
	test %edi, %edi
	lea 1000(%rdi), %eax
	js site
	mov $39, %eax
site:	syscall
	cmp $-4095, %rax
	jae 1f
	ret
1:	call nothing
	neg %eax
	ret
	END
