/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The APIC timer, which QEMU and KVM run at 1 GHz on any host (QEMU hw/intc/apic.c, KVM
 * APIC_BUS_CYCLE_NS). It is the clock's reference: it counts from boot on, so the first reader of
 * the clock finds a measurement that needed no waiting. It also interrupts, for waiting threads and
 * for the program's timer.
 */
#include <uk/cpu.h>

#include "clock.h"
#include "platform.h"
#include "report.h"

#define SEGMENT_MIN_NS 1000000UL /* shorter ones are not added to the sum */

#define LATE_NS 200000UL /* enough for a measurement */

static u64 program_deadline = UINT64_MAX;
static struct {
	u64 sum_tsc, sum_ns; /* intervals in which the timer counted */
	/* The current interval. */
	u64 start_tsc;
	u32 start_count;
} count;

/* 0 if the timer has run out, at an unknown time. */
static u64 segment_ns(void)
{
	u32 left = apic_timer_count();

	return left ? (u64)(count.start_count - left) * APIC_TIMER_DIVISOR : 0;
}

/* Restarts it. UINT64_MAX: without an interrupt. */
static void start(u64 nanoseconds)
{
	bool interrupts = nanoseconds != UINT64_MAX;

	count.start_count = (u32)MIN(nanoseconds / APIC_TIMER_DIVISOR + 1, (u64)UINT32_MAX);
	apic_timer_start(count.start_count, interrupts);
	count.start_tsc = rdtsc();
}

static void restart(u64 nanoseconds)
{
	u64 ns = segment_ns();
	u64 now = rdtsc();

	if (ns >= SEGMENT_MIN_NS) {
		count.sum_ns += ns;
		count.sum_tsc += now - count.start_tsc;
	}
	start(nanoseconds);
}

u64 clock_reference(u64 *ticks)
{
	u64 ns;

	/* It has run out. QEMU may send the interrupt later than the count reaches 0, and not at
	 * all if it is counting again by then. */
	if (apic_timer_count() == 0)
		start(program_deadline == UINT64_MAX ? UINT64_MAX : LATE_NS);
	ns = segment_ns();
	*ticks = count.sum_tsc + rdtsc() - count.start_tsc;
	return count.sum_ns + ns;
}

void timer_init(void)
{
	clock_start(boot_tsc);
	start(UINT64_MAX);
}

static void restart_for_program(void)
{
	u64 now;

	if (program_deadline == UINT64_MAX) {
		restart(UINT64_MAX);
		return;
	}
	now = ukplat_monotonic_ns();
	restart(program_deadline > now ? program_deadline - now : 0);
}

void ukplat_set_timer(u64 deadline)
{
	uk_cpu_current()->timer_fired = false;
	program_deadline = deadline;
	restart_for_program();
}

/* Interrupts are on only for this one instruction; `sti` takes effect after `hlt` has begun. */
static void halt(void)
{
	__asm__ volatile("sti; hlt; cli" : : : "memory");
}

void ukplat_wait(u64 deadline)
{
	u64 now;

	if (uk_cpu_current()->timer_fired)
		return;
	/* The timer is already set for an earlier time. */
	if (deadline >= program_deadline) {
		halt();
		return;
	}
	now = ukplat_monotonic_ns();
	if (now >= deadline)
		return;
	restart(deadline - now);
	halt();
	restart_for_program();
}
