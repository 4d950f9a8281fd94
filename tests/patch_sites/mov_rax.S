/* SPDX-License-Identifier: BSD-3-Clause */
/* The move of 7 bytes, as by hand and in Go; a negative number is extended. */
#include "site.inc"
	SITE site, MOV, STAYS
	SITE negative, MOV, STAYS
	PROGRAM
	mov $39, %rax
site:	syscall
	mov $-2, %rax
negative:
	syscall
	ret
	END
