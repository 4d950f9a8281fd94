/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of mov $39, %eax, but they are the end of mov $39, %r8d. */
#include "site.inc"
	SITE site, PRE, STAYS
	PROGRAM
	mov $39, %eax
	mov $39, %r8d
site:	syscall
	call nothing
	ret
	END
