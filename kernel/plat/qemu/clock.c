/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time from the TSC. Its frequency is measured against the APIC timer, which QEMU and KVM run at
 * 1 GHz whatever the host (QEMU hw/intc/apic.c, KVM APIC_BUS_CYCLE_NS): the timer counts freely
 * from boot on, so the first reader of the clock finds a measurement that cost no waiting; it is
 * repeated at growing distances until it is good to a few parts in a million. In the meantime the
 * clock stays monotonic: a new frequency counts from now on only.
 */
#include <uk/arch/scale.h>
#include <uk/clock_page.h>

#include "platform.h"

#define NS_PER_SECOND	  1000000000UL
#define MEASURE_MIN_NS	  100000UL	      /* below, the access itself would spoil it */
#define SEGMENT_MIN_NS	  1000000UL	      /* shorter ones are dropped from the sum */
#define MEASURE_ENOUGH_NS (2 * NS_PER_SECOND) /* then the frequency is final */
#define WAIT_MAX_NS	  (60 * NS_PER_SECOND)

static struct {
	struct uk_clock_page page;    /* scale 0: not measured yet */
	struct uk_clock_page *shared; /* what the program sees; NULL before */
	u64 sum_tsc, sum_ns;	      /* closed stretches in which the timer ran freely */
	u64 segment_tsc;	      /* start of the open one; 0 before clock_init() */
} clock;

static void publish(void)
{
	clock.page.sequence++;
	if (clock.shared)
		*clock.shared = clock.page;
}

void ukplat_share_clock(struct uk_clock_page *page)
{
	clock.shared = page;
	publish();
}

static u64 segment_ns(void)
{
	return (u64)(UINT32_MAX - apic_timer_count()) * APIC_TIMER_DIVISOR;
}

static void open_segment(void)
{
	apic_timer_free_running();
	clock.segment_tsc = rdtsc();
}

/* Out of line, so that a reader of the clock has no frame to make. */
static __attribute__((noinline, cold)) void measure(void)
{
	struct uk_clock_page *page = &clock.page;
	u64 ns, ticks, now;

	do {
		ns = clock.sum_ns + segment_ns();
		now = rdtsc();
	} while (ns < MEASURE_MIN_NS);
	ticks = clock.sum_tsc + now - clock.segment_tsc;
	if (page->scale) {
		page->base_ns += ukarch_scale(now - page->base_ticks, page->scale);
		page->base_ticks = now;
	}
	/* 128 by 64 bit division by hand: the compiler would call a library for it. */
	u64 high = ns >> 32, low = ns << 32, remainder;

	__asm__("divq %4" : "=a"(page->scale), "=d"(remainder) : "a"(low), "d"(high), "r"(ticks));
	page->valid_ticks = ns < MEASURE_ENOUGH_NS ? ticks : UINT64_MAX;
	publish();
}

static void close_segment(void)
{
	u64 ns = segment_ns();
	u64 now = rdtsc();

	if (ns < SEGMENT_MIN_NS)
		return;
	clock.sum_ns += ns;
	clock.sum_tsc += now - clock.segment_tsc;
}

void clock_init(void)
{
	clock.page.base_ticks = boot_tsc;
	open_segment();
}

u64 ukplat_monotonic_ns(void)
{
	const struct uk_clock_page *page = &clock.page;
	u64 ticks = rdtsc() - page->base_ticks;

	if (unlikely(ticks >= page->valid_ticks)) {
		if (!clock.segment_tsc)
			return 0; /* a message before clock_init() */
		measure();
		ticks = rdtsc() - page->base_ticks;
	}
	return page->base_ns + ukarch_scale(ticks, page->scale);
}

const struct uk_clock_page *ukplat_clock_page(void)
{
	ukplat_monotonic_ns(); /* measures when it is due */
	return &clock.page;
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

u64 ukplat_boot_epoch_ns(void)
{
	if (clock.page.boot_epoch_ns == 0)
		ukplat_set_epoch_ns(cmos_epoch_seconds() * NS_PER_SECOND - ukplat_monotonic_ns());
	return clock.page.boot_epoch_ns;
}

void ukplat_set_epoch_ns(u64 epoch)
{
	clock.page.boot_epoch_ns = epoch;
	publish();
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
