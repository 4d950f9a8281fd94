/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reference of the clock is the APIC timer, which QEMU and KVM run at 1 GHz whatever the host
 * (QEMU hw/intc/apic.c, KVM APIC_BUS_CYCLE_NS): it counts freely from boot on, so the first reader
 * of the clock finds a measurement that cost no waiting.
 */
#include "clock.h"
#include "platform.h"

#define NS_PER_SECOND  1000000000UL
#define SEGMENT_MIN_NS 1000000UL /* shorter ones are dropped from the sum */
#define WAIT_MAX_NS    (60 * NS_PER_SECOND)

static struct {
	u64 sum_tsc, sum_ns; /* closed stretches in which the timer ran freely */
	u64 segment_tsc;     /* start of the open one */
} timer;

static u64 segment_ns(void)
{
	return (u64)(UINT32_MAX - apic_timer_count()) * APIC_TIMER_DIVISOR;
}

static void open_segment(void)
{
	apic_timer_free_running();
	timer.segment_tsc = rdtsc();
}

u64 clock_reference(u64 *ticks)
{
	u64 ns = timer.sum_ns + segment_ns();

	*ticks = timer.sum_tsc + rdtsc() - timer.segment_tsc;
	return ns;
}

static void close_segment(void)
{
	u64 ns = segment_ns();
	u64 now = rdtsc();

	if (ns < SEGMENT_MIN_NS)
		return;
	timer.sum_ns += ns;
	timer.sum_tsc += now - timer.segment_tsc;
}

void clock_init(void)
{
	clock_start(boot_tsc);
	open_segment();
}

/* The CMOS clock (MC146818): registers, and the status bits that say how to read them. */
#define CMOS_INDEX	  0x70
#define CMOS_DATA	  0x71
#define CMOS_SECONDS	  0
#define CMOS_MINUTES	  2
#define CMOS_HOURS	  4
#define CMOS_DAY	  7
#define CMOS_MONTH	  8
#define CMOS_YEAR	  9
#define CMOS_STATUS_A	  10
#define CMOS_STATUS_B	  11
#define CMOS_CENTURY	  0x32
#define CMOS_UPDATING	  0x80
#define CMOS_BINARY	  4
#define CMOS_ABSENT	  0xff
#define CMOS_UPDATE_SPINS 100000

static u8 cmos_read(u8 index)
{
	outb(CMOS_INDEX, index);
	return inb(CMOS_DATA);
}

static u64 cmos_number(u8 index)
{
	u8 value = cmos_read(index);

	if (cmos_read(CMOS_STATUS_B) & CMOS_BINARY)
		return value;
	return (value >> 4) * 10u + (value & 15);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, years counted from March. */
static u64 days_since_epoch(u64 year, u64 month, u64 day)
{
	u64 shifted = month > 2 ? month - 3 : month + 9;

	year -= month <= 2;
	return year * 365 + year / 4 - year / 100 + year / 400 + (shifted * 153 + 2) / 5 + day - 1 -
	       719468;
}

static u64 cmos_epoch_seconds(void)
{
	u64 days, seconds;

	if (cmos_read(CMOS_STATUS_B) == CMOS_ABSENT)
		return 0;
	for (unsigned int i = 0; cmos_read(CMOS_STATUS_A) & CMOS_UPDATING; i++) {
		if (i == CMOS_UPDATE_SPINS)
			return 0;
	}
	days = days_since_epoch(cmos_number(CMOS_CENTURY) * 100 + cmos_number(CMOS_YEAR),
				cmos_number(CMOS_MONTH), cmos_number(CMOS_DAY));
	seconds = cmos_number(CMOS_HOURS) * 3600 + cmos_number(CMOS_MINUTES) * 60 +
		  cmos_number(CMOS_SECONDS);
	return days * 86400 + seconds;
}

u64 clock_epoch_ns(void)
{
	return cmos_epoch_seconds() * NS_PER_SECOND;
}

/* Interrupts are on for this one instruction only; `sti` takes effect after `hlt` began. */
static void halt(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

void ukplat_wait(u64 deadline)
{
	u64 now;

	if (deadline == UINT64_MAX) {
		halt();
		return;
	}
	now = ukplat_monotonic_ns();
	if (now >= deadline)
		return;
	close_segment();
	apic_timer_one_shot(MIN(deadline - now, WAIT_MAX_NS));
	halt();
	open_segment();
}
