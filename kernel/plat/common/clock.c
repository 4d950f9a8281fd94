/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Time from the TSC. Its frequency is measured against a clock of the platform, at growing
 * intervals, until it is accurate to a few parts in a million. Meanwhile the clock stays monotonic:
 * a new frequency applies only from then on. Until it can be measured at all, each reading asks the
 * platform's clock.
 */
#include <uk/arch/instructions.h>
#include <uk/arch/scale.h>
#include <uk/plat.h>

#include "clock.h"

#define MEASURE_MIN_NS	  100000UL /* shorter intervals would be distorted by the access itself */
#define MEASURE_ENOUGH_NS 2000000000UL /* after this interval the frequency is final */

static struct {
	struct uk_clock_page page;    /* scale 0: not measured yet */
	struct uk_clock_page *shared; /* the page that the program sees; NULL until there is one */
	bool started;
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

void clock_start(u64 base_ticks)
{
	clock.page.base_ticks = base_ticks;
	clock.started = true;
}

/* Reads the time. Out of line, so that a reader of the clock needs no stack frame. */
static __attribute__((noinline, cold)) u64 measure(void)
{
	struct uk_clock_page *page = &clock.page;
	u64 ticks, ns = clock_reference(&ticks), now = rdtsc();

	if (page->scale)
		page->base_ns += ukarch_scale(now - page->base_ticks, page->scale);
	else /* a reference that was restarted may have lost a little */
		page->base_ns = MAX(page->base_ns, ns);
	page->base_ticks = now;
	if (ns < MEASURE_MIN_NS)
		return page->base_ns;
	/* 128 by 64 bit division, written out: the compiler would call a library function. */
	u64 high = ns >> 32, low = ns << 32, remainder;

	__asm__("divq %4" : "=a"(page->scale), "=d"(remainder) : "a"(low), "d"(high), "r"(ticks));
	page->valid_ticks = ns < MEASURE_ENOUGH_NS ? ticks : UINT64_MAX;
	publish();
	return page->base_ns;
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
	return ukarch_scale(ticks, clock.page.scale);
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
