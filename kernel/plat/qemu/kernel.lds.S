/* SPDX-License-Identifier: BSD-3-Clause */
#include "layout.h"

OUTPUT_FORMAT("elf64-x86-64")
ENTRY(pvh_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	. = KERNEL_VIRTUAL + KERNEL_LOAD;
	kernel_start = .;

	.text : AT(ADDR(.text) - KERNEL_VIRTUAL) {
		*(.text.boot)
		*(.text .text.*)
	} :text
	. = ALIGN(4096);
	kernel_text_end = .;

	.note : AT(ADDR(.note) - KERNEL_VIRTUAL) {
		KEEP(*(.note.Xen))
	} :rodata :note
	.rodata : AT(ADDR(.rodata) - KERNEL_VIRTUAL) {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		uk_inittab_start = .;
		KEEP(*(SORT_BY_NAME(.uk_inittab.*)))
		uk_inittab_end = .;
		fixup_table_start = .;
		KEEP(*(.fixup_table))
		fixup_table_end = .;
		. = ALIGN(4096);
		KEEP(*(.vdso_image))
	} :rodata
	. = ALIGN(4096);
	kernel_rodata_end = .;

	.data : AT(ADDR(.data) - KERNEL_VIRTUAL) {
		*(.data .data.*)
	} :data
	.bss : AT(ADDR(.bss) - KERNEL_VIRTUAL) {
		*(.bss.page)
		*(.bss .bss.*)
		*(COMMON)
	} :data
	. = ALIGN(4096);
	kernel_end = .;
	ASSERT(kernel_end - KERNEL_VIRTUAL <= KERNEL_END_MAX, "the kernel does not fit below 2 MiB")

	/DISCARD/ : { *(.comment) *(.eh_frame) *(.note.GNU-stack) *(.note.gnu.*) }
}
