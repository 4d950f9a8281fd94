/* SPDX-License-Identifier: BSD-3-Clause */
#include "layout.h"

OUTPUT_FORMAT("elf64-x86-64")
ENTRY(linux_entry)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	stack PT_GNU_STACK FLAGS(6);
}

SECTIONS
{
	. = IMAGE_START;
	kernel_start = .;

	.text : {
		*(.text .text.*)
	} :text
	. = ALIGN(4096);
	kernel_text_end = .;

	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		uk_inittab_start = .;
		KEEP(*(SORT_BY_NAME(.uk_inittab.*)))
		KEEP(*(SORT_BY_NAME(.data.rel.ro.local.uk_inittab.*)))
		uk_inittab_end = .;
		fixup_table_start = .;
		KEEP(*(.fixup_table))
		fixup_table_end = .;
		. = ALIGN(4096);
		KEEP(*(.vdso_image))
		/* Constant tables of addresses, which are fixed, so nothing relocates them. */
		*(.data.rel.ro .data.rel.ro.*)
	} :rodata
	. = ALIGN(4096);
	kernel_rodata_end = .;

	.data : {
		*(.data .data.*)
		*(.got .got.plt)
	} :data
	.bss : {
		*(.bss.page)
		*(.bss .bss.*)
		*(COMMON)
		. = ALIGN(4096);
		kernel_variables_end = .;
		*(.stacks)
	} :data
	. = ALIGN(4096);
	kernel_end = .;

	/DISCARD/ : { *(.comment) *(.eh_frame) *(.note.GNU-stack) *(.note.gnu.*) *(.note.Xen) }
}
