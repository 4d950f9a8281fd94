/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PVH entry: 32-bit protected mode, paging off, flat segments, %ebx = physical address of struct
 * hvm_start_info (Xen, docs/misc/pvh.pandoc). Builds the page tables, switches to long mode and
 * calls platform_start(start info) on the kernel stack.
 *
 *   direct map   UK_DIRECT_MAP + 0..1 GiB: read-write, never executable; 2 MiB pages
 *   kernel       KERNEL_VIRTUAL + 0..2 MiB: text read-execute, rodata read-only, data read-write
 *
 * Both share the page table of the low 2 MiB, so that the direct map cannot write kernel text.
 */
#include "unwind.inc"
#include "layout.h"

#define PA(symbol) ((symbol) - KERNEL_VIRTUAL)

#define PRESENT	 0x001
#define WRITABLE 0x002
#define ACCESSED 0x020
#define DIRTY	 0x040
#define LARGE	 0x080
#define NX_HIGH	 0x80000000 /* bit 63, in the upper half of the entry */

#define MSR_EFER 0xc0000080
#define EFER_SCE_LME_NXE 0x901
#define CR0_PE_MP_ET_NE_WP_PG 0x80010033
#define CR4_PAE_OSFXSR_OSXMMEXCPT 0x620

	/* The address of the entry, for a loader: ELF note XEN_ELFNOTE_PHYS32_ENTRY. */
	.section .note.Xen, "a", @note
	.balign 4
	.long	4, 8, 18
	.asciz	"Xen"
	.quad	PA(pvh_start)

	.section .text.boot, "ax"
	.code32
	.globl	pvh_start
pvh_start:
	cld
	rdtsc
	movl	%eax, PA(boot_tsc)
	movl	%edx, PA(boot_tsc) + 4

	/* The low 2 MiB: everything read-write first, then text and rodata. */
	movl	$PA(table_low), %edi
	movl	$(PRESENT | WRITABLE | ACCESSED | DIRTY), %eax
	movl	$NX_HIGH, %edx
	movl	$512, %ecx
	call	fill_pages
	movl	$(PA(kernel_start) + PRESENT + ACCESSED), %eax
	xorl	%edx, %edx
	movl	$PA(kernel_text_end), %ecx
	call	fill_range
	movl	$(PA(kernel_text_end) + PRESENT + ACCESSED), %eax
	movl	$NX_HIGH, %edx
	movl	$PA(kernel_rodata_end), %ecx
	call	fill_range

	/* An overflow of the kernel's stack faults instead of overwriting these tables. */
	movl	$PA(kernel_stack_guard), %eax
	shrl	$12, %eax
	movl	$0, PA(table_low)(, %eax, 8)

	/* The first GiB of the direct map, with 2 MiB pages except the first. */
	movl	$PA(directory_direct), %edi
	movl	$(PRESENT | WRITABLE | ACCESSED | DIRTY | LARGE), %eax
	movl	$512, %ecx
1:	movl	%eax, (%edi)
	movl	%edx, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b
	movl	$(PA(table_low) + PRESENT + WRITABLE), %eax
	movl	%eax, PA(directory_direct)
	movl	$0, PA(directory_direct) + 4
	movl	%eax, PA(directory_kernel)
	movl	$(PA(directory_direct) + PRESENT + WRITABLE), PA(pointers_direct)
	movl	$(PA(directory_kernel) + PRESENT + WRITABLE), PA(pointers_kernel) + 510 * 8
	movl	$(PA(pointers_direct) + PRESENT + WRITABLE), %eax
	movl	%eax, PA(page_table_root)	/* identity mapping, until the jump below */
	movl	%eax, PA(page_table_root) + 256 * 8
	movl	$(PA(pointers_kernel) + PRESENT + WRITABLE), PA(page_table_root) + 511 * 8

	movl	$CR4_PAE_OSFXSR_OSXMMEXCPT, %eax
	movl	%eax, %cr4
	movl	$PA(page_table_root), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_SCE_LME_NXE, %eax
	wrmsr
	movl	$CR0_PE_MP_ET_NE_WP_PG, %eax
	movl	%eax, %cr0
	lgdt	PA(gdt_pointer_low)
	ljmp	$KERNEL_CS, $PA(long_mode)

/* %edi: first entry, %eax: entry, %edx: its upper half, %ecx: count. 4 KiB pages. */
fill_pages:
	movl	%eax, (%edi)
	movl	%edx, 4(%edi)
	addl	$4096, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	fill_pages
	ret

/* Entries of table_low for the addresses from %eax (with flags) to %ecx. */
fill_range:
	movl	%eax, %edi
	shrl	$12, %edi
	subl	%eax, %ecx
	addl	$4095, %ecx
	shrl	$12, %ecx
	jz	1f
	leal	PA(table_low)(, %edi, 8), %edi
	jmp	fill_pages
1:	ret

	.code64
long_mode:
	UNWIND_END
	movabsq	$1f, %rax
	jmp	*%rax
1:	movl	$KERNEL_DS, %eax
	movl	%eax, %ss
	movl	%eax, %ds
	movl	%eax, %es
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	/* The guest's half of the address space starts empty. */
	movq	$0, page_table_root
	movq	%cr3, %rax
	movq	%rax, %cr3
	movq	$kernel_stack_top, %rsp
	pushq	$0
	popfq
	movl	%ebx, %edi
	xorl	%ebp, %ebp
	call	platform_start
	ud2
	.cfi_endproc

	.data
	.balign	8
	.globl	gdt
gdt:	.quad	0
	.quad	0x00af9b000000ffff	/* KERNEL_CS: 64-bit code, ring 0, accessed */
	.quad	0x00cf93000000ffff	/* KERNEL_DS */
	.quad	0, 0			/* KERNEL_TSS, filled by cpu.c */
	.globl	gdt_end
gdt_end:
gdt_pointer_low:
	.word	gdt_end - gdt - 1
	.long	PA(gdt)

	.globl	boot_tsc
	.balign	8
boot_tsc:
	.quad	0

	.section .bss.page, "aw", @nobits
	.balign	4096
	.globl	page_table_root, directory_direct, pointers_direct
page_table_root:	.skip 4096
pointers_direct:	.skip 4096
pointers_kernel:	.skip 4096
directory_direct:	.skip 4096
directory_kernel:	.skip 4096
table_low:		.skip 4096
	.globl	kernel_stack_top, kernel_stack_guard
kernel_stack_guard:	.skip 4096
	.skip	KERNEL_STACK_SIZE
kernel_stack_top:

	.section .note.GNU-stack, "", @progbits
