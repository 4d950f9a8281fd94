/* SPDX-License-Identifier: BSD-3-Clause */
/* The local APIC (Intel SDM vol. 3, chapter 10): end of interrupt, and the timer. */
#include "platform.h"

#define MSR_APIC_BASE	  0x1b
#define APIC_BASE_ENABLE  (1u << 11)
#define APIC_BASE_ADDRESS 0xffffff000UL

#define APIC_EOI	     0x0b0
#define APIC_SPURIOUS	     0x0f0
#define APIC_TIMER_VECTOR    0x320
#define APIC_LINT0	     0x350
#define APIC_LINT1	     0x360
#define APIC_TIMER_INITIAL   0x380
#define APIC_TIMER_CURRENT   0x390
#define APIC_TIMER_DIVIDE    0x3e0
#define APIC_SOFTWARE_ENABLE 0x100
#define APIC_MASKED	     0x10000
#define APIC_DIVIDE_BY_128   0xa

#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK	0xa1

static volatile char *apic;

static void apic_write(unsigned int reg, u32 value)
{
	*(volatile u32 *)(apic + reg) = value;
}

static u32 apic_read(unsigned int reg)
{
	return *(volatile u32 *)(apic + reg);
}

void apic_end_of_interrupt(void)
{
	apic_write(APIC_EOI, 0);
}

u32 apic_timer_count(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}

void apic_timer_start(u32 ticks, bool interrupts)
{
	apic_write(APIC_TIMER_VECTOR, VECTOR_TIMER | (interrupts ? 0 : APIC_MASKED));
	apic_write(APIC_TIMER_INITIAL, ticks);
}

void apic_init(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	/* A legacy PIC, if there is one, must stay silent. */
	outb(PIC_MASTER_MASK, 0xff);
	outb(PIC_SLAVE_MASK, 0xff);
	apic = page_table_map_device(base & APIC_BASE_ADDRESS);
	wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
	apic_write(APIC_SPURIOUS, APIC_SOFTWARE_ENABLE | VECTOR_SPURIOUS);
	apic_write(APIC_LINT0, APIC_MASKED);
	apic_write(APIC_LINT1, APIC_MASKED);
	apic_write(APIC_TIMER_DIVIDE, APIC_DIVIDE_BY_128);
}
