/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the machine: the report line, then the debug-exit device. */
#include <uk/string.h>

#include "platform.h"
#include "report.h"

#define REPORT_PORT	0x5e8
#define REPORT_PRESENT	0xe9 /* a second isa-debugcon */
#define DEBUG_EXIT_PORT 0xf4
#define ACPI_PM1A_PORT	0x604 /* q35 and pc, as set up by SeaBIOS */
#define ACPI_SLEEP_S5	0x2000

static bool report_present;

void report_channel_init(void)
{
	report_present = inb(REPORT_PORT) == REPORT_PRESENT;
}

static void report(const struct uk_exit_report *exit)
{
	char line[REPORT_MAX];
	int length = report_put(line, exit);

	memcpy(line + length, "}\n", 2);
	length += 2;
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
	/* No such device: power off through ACPI, otherwise a triple fault, which ends QEMU because
	 * of -no-reboot. */
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
