/* SPDX-License-Identifier: BSD-3-Clause */
/* The I/O APIC (Intel 82093AA): enables the interrupt of a device's line. */
#include "platform.h"

#define IO_APIC_BASE	    0xfec00000UL
#define IO_APIC_SECOND_BASE 0xfec10000UL /* QEMU microvm with ioapic2 */
#define IO_APIC_LINES	    24
#define IO_APIC_SELECT	    0x00
#define IO_APIC_WINDOW	    0x10
#define IO_APIC_TABLE	    0x10 /* two registers per line */
#define IO_APIC_LEVEL	    (1u << 15)

static void write(volatile char *io_apic, u32 index, u32 value)
{
	*(volatile u32 *)(io_apic + IO_APIC_SELECT) = index;
	*(volatile u32 *)(io_apic + IO_APIC_WINDOW) = value;
}

void io_apic_enable(u32 line, u8 vector)
{
	uk_paddr_t base = line < IO_APIC_LINES ? IO_APIC_BASE : IO_APIC_SECOND_BASE;
	volatile char *io_apic = page_table_map_device(base);
	u32 entry = IO_APIC_TABLE + 2 * (line % IO_APIC_LINES);

	write(io_apic, entry + 1, 0); /* to the processor with APIC id 0 */
	write(io_apic, entry, vector | IO_APIC_LEVEL);
}
