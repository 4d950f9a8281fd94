/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The report line (docs/explanation/architecture.md): how the run ended, how long each phase of the
 * boot took, and the code at a fault.
 */
#include <uk/arch/instructions.h>
#include <uk/crash.h>
#include <uk/string.h>

#include "clock.h"
#include "report.h"

/* The TSC at the end of each phase; 0: not reached. */
static u64 phase_ends[UKPLAT_BOOT_PHASES];

void ukplat_boot_phase_done(enum ukplat_boot_phase phase)
{
	phase_ends[phase] = rdtsc();
}

static u64 phase_ns(enum ukplat_boot_phase phase)
{
	u64 start = phase ? phase_ends[phase - 1] : boot_tsc;

	return phase_ends[phase] ? clock_ticks_to_ns(phase_ends[phase] - start) : 0;
}

/* Writes the member "code" preceded by a comma. Returns its length, 0 without a fault. */
static int put_code(char *line, size_t size, const struct uk_crash_code *code)
{
	int length;

	if (!code)
		return 0;
	length = uk_snprintf(line, size,
			     ", \"code\": {\"address\": %lu, \"before\": %lu, \"bytes\": \"",
			     code->address, code->before);
	for (size_t i = 0; i < code->size; i++)
		length += uk_snprintf(line + length, size - (size_t)length, "%02x", code->bytes[i]);
	return length + uk_snprintf(line + length, size - (size_t)length, "\"}");
}

int report_put(char line[REPORT_MAX], const struct uk_exit_report *exit)
{
	u64 started = phase_ends[UKPLAT_BOOT_START];
	u64 boot = started ? started - boot_tsc : 0, program = started ? rdtsc() - started : 0;

	int length =
		uk_snprintf(line, REPORT_MAX,
			    "{\"status\": %d, \"signal\": %d, \"boot_ns\": %lu, \"boot_tsc\": %lu, "
			    "\"program_ns\": %lu, \"peak_kib\": %lu, \"phases\": {\"setup\": %lu, "
			    "\"constructors\": %lu, \"root\": %lu, \"load\": %lu, \"start\": %lu}",
			    exit->status, exit->signal, clock_ticks_to_ns(boot), boot,
			    clock_ticks_to_ns(program), exit->peak_kib, phase_ns(UKPLAT_BOOT_SETUP),
			    phase_ns(UKPLAT_BOOT_CONSTRUCTORS), phase_ns(UKPLAT_BOOT_ROOT),
			    phase_ns(UKPLAT_BOOT_LOAD), phase_ns(UKPLAT_BOOT_START));

	return length + put_code(line + length, REPORT_MAX - (size_t)length, exit->code);
}
