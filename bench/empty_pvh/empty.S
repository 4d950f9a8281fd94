/* SPDX-License-Identifier: BSD-3-Clause */
/* The smallest PVH image: writes one byte to the debug console, then ends. */
	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 8, 18	/* XEN_ELFNOTE_PHYS32_ENTRY */
	.asciz	"Xen"
	.quad	start

	.text
	.code32
	.globl	start
start:
	movb	$'H', %al
	movw	$0xe9, %dx
	outb	%al, %dx
	xorl	%eax, %eax
	movw	$0xf4, %dx
	outl	%eax, %dx
	hlt

	.section .note.GNU-stack, "", @progbits
