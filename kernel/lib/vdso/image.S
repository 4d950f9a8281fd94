/* SPDX-License-Identifier: BSD-3-Clause */
/* The linked vDSO as data. */
	.section .rodata.vdso, "a"
	.balign	8
	.globl	vdso_image, vdso_image_end
vdso_image:
	.incbin	"uk/bits/vdso.so"
vdso_image_end:

	.section .note.GNU-stack, "", @progbits
