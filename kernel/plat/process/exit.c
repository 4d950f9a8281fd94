/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the process: the report line, then the exit status. */
#include <uk/patch.h>
#include <uk/string.h>

#include "clock.h"
#include "host.h"
#include "platform.h"

static int report_descriptor = -1;
static u64 program_tsc; /* at the jump to the program; 0 before */

void exit_init(const struct options *options)
{
	report_descriptor = options->report;
}

void boot_finished(void)
{
	program_tsc = rdtsc();
}

void process_stop(int status)
{
	for (;;)
		HOST(exit_group, status);
}

void process_refuse(const char *text)
{
	process_refuse_with(UK_STATUS_KERNEL, text);
}

void process_refuse_with(int status, const char *text)
{
	char message[160];
	int length = uk_snprintf(message, sizeof(message), "unishim: %s\n", text);

	HOST(write, 2, message, MIN((size_t)length, sizeof(message) - 1));
	process_stop(status);
}

void ukplat_console_write(const char *text, size_t length)
{
	while (length > 0) {
		long written = HOST(write, 2, text, length);

		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

void ukplat_exit(const struct uk_exit_report *exit)
{
	const struct process_patches *patches = patches_counts();
	char line[320];
	u64 ticks = program_tsc ? program_tsc - boot_tsc : 0;

	if (report_descriptor >= 0) {
		int length = uk_snprintf(
			line, sizeof(line),
			"{\"status\": %d, \"signal\": %d, \"boot_ns\": %lu, \"boot_tsc\": %lu, "
			"\"peak_kib\": %lu, \"patches\": {\"traps\": %lu, \"mov\": %lu, "
			"\"post\": %lu, \"pre\": %lu, \"pad\": %lu, \"refused\": %lu}}\n",
			exit->status, exit->signal, clock_ticks_to_ns(ticks), ticks, exit->peak_kib,
			patches->traps, patches->forms[UK_PATCH_MOV], patches->forms[UK_PATCH_POST],
			patches->forms[UK_PATCH_PRE], patches->forms[UK_PATCH_PAD],
			patches->forms[UK_PATCH_REFUSED]);

		HOST(write, report_descriptor, line, length);
	}
	process_stop(exit->status);
}
