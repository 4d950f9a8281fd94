/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the machine: the report line, then the debug-exit device. */
#include <uk/string.h>

#include "clock.h"
#include "exit_report.h"
#include "platform.h"

#define REPORT_PORT	0x5e8
#define REPORT_PRESENT	0xe9 /* a second isa-debugcon */
#define DEBUG_EXIT_PORT 0xf4
#define ACPI_PM1A_PORT	0x604 /* q35 and pc, as SeaBIOS sets it up */
#define ACPI_SLEEP_S5	0x2000

static bool report_present;
static u64 program_tsc; /* at the jump to the program; 0 before */

void report_channel_init(void)
{
	report_present = inb(REPORT_PORT) == REPORT_PRESENT;
}

void boot_finished(void)
{
	program_tsc = rdtsc();
}

static void report(const struct uk_exit_report *exit)
{
	char line[160 + EXIT_REPORT_CODE_SIZE], code[EXIT_REPORT_CODE_SIZE];
	u64 ticks = program_tsc ? program_tsc - boot_tsc : 0;
	int length = uk_snprintf(line, sizeof(line),
				 "{\"status\": %d, \"signal\": %d, \"boot_ns\": %lu, "
				 "\"boot_tsc\": %lu, \"peak_kib\": %lu%s}\n",
				 exit->status, exit->signal, clock_ticks_to_ns(ticks), ticks,
				 exit->peak_kib, exit_report_code(exit, code));

	for (int i = 0; i < length; i++)
		outb(REPORT_PORT, (u8)line[i]);
}

void platform_stop(int status)
{
	const struct {
		u16 limit;
		u64 base;
	} __packed none = {0};

	outl(DEBUG_EXIT_PORT, (u32)status);
	/* No such device: power off by ACPI, else a triple fault, which ends QEMU by -no-reboot. */
	__asm__ volatile("outw %0, %1" : : "a"((u16)ACPI_SLEEP_S5), "Nd"((u16)ACPI_PM1A_PORT));
	__asm__ volatile("lidt %0; int3" : : "m"(none));
	__builtin_unreachable();
}

void ukplat_exit(const struct uk_exit_report *exit)
{
	if (report_present)
		report(exit);
	platform_stop(exit->status);
}
