/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The APIC timer, which QEMU and KVM run at 1 GHz on any host (QEMU hw/intc/apic.c, KVM
 * APIC_BUS_CYCLE_NS). It interrupts, for waiting threads and for the program's timer. Each of
 * these uses starts it again, and the host can take the processor away between the two readings
 * that would connect its count with the TSC. So it is the clock's reference only until then, and
 * on a machine without a PIT.
 */
#include <uk/cpu.h>

#include "clock.h"
#include "platform.h"
#include "report.h"
#include "terminal.h"

static u64 program_deadline = UINT64_MAX;
static bool has_pit;
static struct {
	u64 base_ns; /* when it was started: nanoseconds since timer_init() */
	struct clock_sample started;
	u32 start_count;
} count;

/* Nanoseconds since it was started; 0 if it has run out, at an unknown time. */
static u64 counted_ns(void)
{
	u32 left = apic_timer_count();

	return left ? (u64)(count.start_count - left) * APIC_TIMER_DIVISOR : 0;
}

u64 timer_first_ns(void)
{
	return counted_ns();
}

/* Starts it again. UINT64_MAX: as late as possible. */
static void start(u64 nanoseconds, bool interrupts)
{
	u64 before = rdtsc();

	count.start_count = (u32)MIN(nanoseconds / APIC_TIMER_DIVISOR + 1, (u64)UINT32_MAX);
	apic_timer_start(count.start_count, interrupts);
	clock_sample_between(&count.started, before, rdtsc());
}

/* Without a PIT: what it has counted since it was started, or the TSC's ticks since then. */
static void read_count(struct clock_sample *sample)
{
	u64 before = rdtsc(), ns = counted_ns();

	clock_sample_between(sample, before, rdtsc());
	sample->error += count.started.error;
	sample->ns =
		count.base_ns + (ns ? ns : clock_reference_ns(sample->ticks - count.started.ticks));
}

void clock_read_reference(struct clock_sample *sample)
{
	if (has_pit)
		pit_read(sample);
	else
		read_count(sample);
}

void timer_init(void)
{
	start(UINT64_MAX, false);
	has_pit = pit_start();
	clock_start(boot_tsc);
}

/* The frequency is measured first. The clock must be read again while the PIT's wraps are
 * certain. */
static void restart(u64 nanoseconds)
{
	struct clock_sample sample;

	while (!clock_has_rate())
		ukplat_monotonic_ns();
	if (has_pit) {
		nanoseconds = MIN(nanoseconds, pit_certain_ns());
	} else {
		read_count(&sample);
		count.base_ns = sample.ns;
	}
	start(nanoseconds, true);
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

void timer_fire(void)
{
	uk_cpu_current()->timer_fired = true;
	uk_cpu_current()->work |= UK_WORK_TIMER;
}

void ukplat_set_timer(u64 deadline)
{
	uk_cpu_current()->timer_fired = false;
	uk_cpu_current()->work &= (u8)~UK_WORK_TIMER;
	/* Signals that have not been taken. */
	if (terminal_has_signals())
		timer_fire();
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
