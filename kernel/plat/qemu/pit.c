/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clock's reference: channel 0 of the 8254 timer (Intel 8254 data sheet), which QEMU and KVM
 * run at 1193182 Hz of the host's monotonic clock. In mode 0 it counts down from 65536 and on,
 * without ever being set again, so no error adds up. It wraps every 55 ms; how often it has done so
 * follows from the TSC, and before that is measured, from the APIC's timer.
 */
#include "clock.h"
#include "platform.h"

#define PIT_COUNTER	0x40
#define PIT_CONTROL	0x43
#define PIT_CHANNEL_0	0x00
#define PIT_LATCH	0x00
#define PIT_BOTH_BYTES	0x30
#define PIT_MODE_0	0x00
#define PIT_READ_STATUS 0xe2 /* read-back: the status of channel 0 */
#define PIT_STATUS_MODE 0x3f

#define PIT_HZ	      1193182UL
#define PIT_RANGE     65536UL
#define NS_PER_SECOND 1000000000UL
/* A time is certain to less than half a wrap. */
#define TOLERANCE_NS  (PIT_RANGE * NS_PER_SECOND / PIT_HZ / 4)

static struct {
	u64 counts;   /* since the start, without wraps */
	u64 ticks;    /* the TSC at that count */
	u64 first_ns; /* of timer_first_ns(), at the start */
} pit;

static u64 to_ns(u64 counts)
{
	return counts / PIT_HZ * NS_PER_SECOND + counts % PIT_HZ * NS_PER_SECOND / PIT_HZ;
}

static u64 to_counts(u64 ns)
{
	return ns / NS_PER_SECOND * PIT_HZ + ns % NS_PER_SECOND * PIT_HZ / NS_PER_SECOND;
}

/* Whether something took too long for the number of wraps to be certain. */
static bool took_long(u64 before, u64 after)
{
	return after - before > TOLERANCE_NS / 2;
}

bool pit_start(void)
{
	u64 before;

	do {
		before = timer_first_ns();
		outb(PIT_CONTROL, PIT_CHANNEL_0 | PIT_BOTH_BYTES | PIT_MODE_0);
		outb(PIT_COUNTER, 0);
		outb(PIT_COUNTER, 0);
		pit.first_ns = timer_first_ns();
	} while (took_long(before, pit.first_ns));
	outb(PIT_CONTROL, PIT_READ_STATUS);
	return (inb(PIT_COUNTER) & PIT_STATUS_MODE) == (PIT_BOTH_BYTES | PIT_MODE_0);
}

u64 pit_certain_ns(void)
{
	return clock_certain_ns(TOLERANCE_NS);
}

/* Reads the lower 16 bits of the counts. */
static u16 read_counts(struct clock_sample *sample)
{
	u64 before = rdtsc(), after;
	u8 low, high;

	outb(PIT_CONTROL, PIT_CHANNEL_0 | PIT_LATCH);
	after = rdtsc();
	low = inb(PIT_COUNTER);
	high = inb(PIT_COUNTER);
	clock_sample_between(sample, before, after);
	return (u16) - (high << 8 | low);
}

/* Reads them, and estimates all bits of the counts, by the TSC or by the APIC's timer. */
static u16 read_and_estimate(struct clock_sample *sample, u64 *estimate)
{
	u64 before, after;
	u16 counts;

	if (clock_has_rate()) {
		do {
			counts = read_counts(sample);
		} while (took_long(0, clock_reference_ns(2 * sample->error)));
		*estimate = pit.counts + to_counts(clock_reference_ns(sample->ticks - pit.ticks));
		return counts;
	}
	do {
		before = timer_first_ns();
		counts = read_counts(sample);
		after = timer_first_ns();
	} while (took_long(before, after));
	*estimate = to_counts(after - pit.first_ns);
	return counts;
}

void pit_read(struct clock_sample *sample)
{
	u64 estimate;
	u16 counts = read_and_estimate(sample, &estimate);

	/* The number next to the estimate that ends with the bits that were read. */
	pit.counts = estimate + (u64)(s64)(s16)(u16)(counts - estimate);
	pit.ticks = sample->ticks;
	sample->ns = to_ns(pit.counts);
}
