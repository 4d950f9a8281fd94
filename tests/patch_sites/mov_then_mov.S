/* SPDX-License-Identifier: BSD-3-Clause */
/* Moves follow the first syscall; that of the third is partly replaced. */
#include "site.inc"
	SITE first, POST, GOES
	SITE second, POST, GOES
	SITE third, POST, GOES
	PROGRAM
	lea 5(%rdi), %rax
first:	syscall
	mov $40, %ecx
	mov %ecx, %eax
	lea 4096(%rsi), %rdi
second:	syscall
	mov $41, %eax
third:	syscall
	ret
	END
