/* SPDX-License-Identifier: BSD-3-Clause */
/* Instructions after it: compared and branched on, both short branches become long ones. */
#include "site.inc"
	SITE site, POST, GOES
	PROGRAM
	lea 7(%rdi), %rax
1:	nop
site:	syscall
	js 2f
	jne 3f
	mov %rax, %rdx
	ret
2:	lea 1(%rax), %rbx
	ret
3:	lea 2(%rax), %rbx
	ret
	END
