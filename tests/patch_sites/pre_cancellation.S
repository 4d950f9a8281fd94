/* SPDX-License-Identifier: BSD-3-Clause */
/* As musl's __syscall_cp_asm: the code after the return is a target. */
#include "site.inc"
	SITE site, PRE, STAYS
	PROGRAM
	sub $24, %rsp
	call inner
	add $24, %rsp
	ret
inner:	test %edi, %edi
	js cancel
	mov %rdi, %r11
	mov %rsi, %rax
	mov %rdx, %rdi
	mov %r11, 8(%rsp)
site:	syscall
	ret
cancel:	lea 3(%rdi), %eax
	ret
	END
