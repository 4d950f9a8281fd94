/* SPDX-License-Identifier: BSD-3-Clause */
/* A leaf that keeps values in its red zone over the syscall, and flags. */
#include "site.inc"
	SITE site, MOV, STAYS
	SITE other, POST, GOES
	PROGRAM
	mov %rdi, -8(%rsp)
	mov %rsi, -128(%rsp)
	mov $39, %eax
site:	syscall
	mov -8(%rsp), %rdi
	lea 9(%rdi), %rax
other:	syscall
	setc %bl
	seto %bh
	mov -128(%rsp), %rdx
	ret
	END
