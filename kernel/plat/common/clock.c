/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time from the TSC. Its frequency is measured against a reference clock of the platform, first
 * at growing intervals, then at least every second that somebody reads the clock. The clock never
 * jumps: what it is ahead or behind is made up for during the next interval, by a slightly
 * different frequency. Until there is a measurement, each reading asks the reference.
 */
#include <uk/arch/instructions.h>
#include <uk/arch/scale.h>
#include <uk/plat.h>

#include "clock.h"

#define MEASURE_MIN_NS	100000UL     /* the first interval */
#define INTERVAL_MAX_NS 1000000000UL /* between measurements */
#define WINDOW_NS	4000000000UL /* a frequency is measured over such a time */

/* The host can interrupt a reading at any point: take the best of a few. */
#define ATTEMPTS     8
#define GOOD_TICKS   4096UL /* about a microsecond: no need to repeat, */
#define CERTAIN_PART 65536  /* nor if it is at most this part of the interval */
#define USABLE_PART  64	    /* otherwise the measurement is not used */

/* The largest change of the frequency to make up for a difference: while the clock is young, and
 * later (Linux's adjtimex(2): 500 ppm). */
#define YOUNG_PART 16
#define OLD_PART   2048

static struct {
	struct uk_clock_page page;    /* scale 0: not measured yet */
	struct uk_clock_page *shared; /* the page that the program sees; NULL until there is one */
	bool started;
	struct clock_sample anchor; /* the frequency is measured from here on */
	u64 rate;		    /* measured nanoseconds per tick, times 2^32 */
	u64 certain_part;	    /* its error is at most 1 / certain_part */
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

/* A difference of the TSC; a reading that was interrupted can be earlier than the last one. */
static u64 ticks_since(u64 ticks, u64 since)
{
	return ticks > since ? ticks - since : 0;
}

static struct clock_sample read_best(u64 since)
{
	struct clock_sample best, other;

	clock_read_reference(&best);
	for (unsigned int i = 1; i < ATTEMPTS; i++) {
		if (best.error <= MAX(ticks_since(best.ticks, since) / CERTAIN_PART, GOOD_TICKS))
			break;
		clock_read_reference(&other);
		if (other.error < best.error)
			best = other;
	}
	return best;
}

void clock_start(u64 base_ticks)
{
	clock.page.base_ticks = base_ticks;
	clock.anchor = read_best(rdtsc());
	clock.started = true;
}

/* value << 32 / divisor. 128 by 64 bit division, written out: the compiler would call a library
 * function. The quotient must be less than 2^64. */
static u64 divide_scaled(u64 value, u64 divisor)
{
	u64 quotient, remainder;

	__asm__("divq %4"
		: "=a"(quotient), "=d"(remainder)
		: "a"(value << 32), "d"(value >> 32), "r"(divisor));
	return quotient;
}

/* Measures the frequency from the anchor on. False: the error would be too large. */
static bool measure_rate(const struct clock_sample *sample)
{
	u64 ns = sample->ns - clock.anchor.ns;
	u64 ticks = ticks_since(sample->ticks, clock.anchor.ticks);
	u64 error = sample->error + clock.anchor.error + 1;

	if (ns < MEASURE_MIN_NS || ticks / USABLE_PART < error)
		return false;
	if (clock.certain_part >= CERTAIN_PART && ns < WINDOW_NS)
		return true;
	clock.rate = divide_scaled(ns, ticks);
	clock.certain_part = ticks / error;
	if (ns >= WINDOW_NS)
		clock.anchor = *sample;
	return true;
}

/* Sets the frequency with which the clock agrees with the reference after `interval` ns. */
static void catch_up(s64 behind, u64 interval, bool is_young)
{
	s64 limit = (s64)(clock.rate / (is_young ? YOUNG_PART : OLD_PART));
	u64 size = (u64)(behind < 0 ? -behind : behind);
	s64 change = limit;

	if (size < interval)
		change = (s64)ukarch_scale(clock.rate, divide_scaled(size, interval));
	change = MIN(change, limit);
	clock.page.scale = (u64)((s64)clock.rate + (behind < 0 ? -change : change));
}

/* Reads the time. Out of line, so that a reader of the clock needs no stack frame. */
static __attribute__((noinline, cold)) u64 measure(void)
{
	struct uk_clock_page *page = &clock.page;
	struct clock_sample sample = read_best(page->base_ticks);
	u64 interval = MIN(MAX(sample.ns, MEASURE_MIN_NS), INTERVAL_MAX_NS);
	bool is_usable = measure_rate(&sample);
	/* Not before the base: the clock would go back. */
	u64 ticks = MAX(sample.ticks, page->base_ticks);

	if (page->scale)
		page->base_ns += ukarch_scale(ticks - page->base_ticks, page->scale);
	else
		page->base_ns = MAX(page->base_ns, sample.ns);
	page->base_ticks = ticks;
	if (!clock.rate)
		return page->base_ns;
	if (is_usable)
		catch_up((s64)(sample.ns - page->base_ns), interval, sample.ns < INTERVAL_MAX_NS);
	else
		page->scale = clock.rate;
	page->valid_ticks = divide_scaled(interval, clock.rate);
	publish();
	return page->base_ns + ukarch_scale(rdtsc() - page->base_ticks, page->scale);
}

/* For callers that need the frequency itself. */
static void wait_for_scale(void)
{
	do
		ukplat_monotonic_ns(); /* measures if it is due */
	while (!clock.page.scale);
}

u64 ukplat_monotonic_ns(void)
{
	const struct uk_clock_page *page = &clock.page;
	u64 ticks = rdtsc() - page->base_ticks;

	if (unlikely(ticks >= page->valid_ticks)) {
		if (!clock.started)
			return 0; /* a message before clock_start() */
		return measure();
	}
	return page->base_ns + ukarch_scale(ticks, page->scale);
}

u64 clock_ticks_to_ns(u64 ticks)
{
	wait_for_scale();
	return ukarch_scale(ticks, clock.rate);
}

bool clock_has_rate(void)
{
	return clock.rate != 0;
}

u64 clock_reference_ns(u64 ticks)
{
	return ukarch_scale(ticks, clock.rate);
}

u64 clock_certain_ns(u64 tolerance)
{
	return tolerance * clock.certain_part;
}

const struct uk_clock_page *ukplat_clock_page(void)
{
	wait_for_scale();
	return &clock.page;
}

u64 ukplat_boot_epoch_ns(void)
{
	if (clock.page.boot_epoch_ns == 0)
		ukplat_set_epoch_ns(clock_epoch_ns() - ukplat_monotonic_ns());
	return clock.page.boot_epoch_ns;
}

void ukplat_set_epoch_ns(u64 epoch)
{
	clock.page.boot_epoch_ns = epoch;
	publish();
}
