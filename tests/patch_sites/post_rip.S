/* SPDX-License-Identifier: BSD-3-Clause */
/* Data relative to %rip after it, with an immediate after the displacement. */
#include "site.inc"
	SITE site, POST, GOES
	PROGRAM
	lea 7(%rdi), %rax
site:	syscall
	cmpl $0x12345678, data(%rip)
	sete %dl
	add data(%rip), %rax
	ret
	.balign 4
data:	.long 0x12345678, 1
	END
