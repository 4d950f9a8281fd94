/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the process: the report line, then the exit status. */
#include <uk/errno.h>
#include <uk/patch.h>
#include <uk/string.h>

#include "host.h"
#include "patches.h"
#include "platform.h"
#include "report.h"

static int report_descriptor = -1;

void exit_init(const struct options *options)
{
	report_descriptor = options->report;
}

void linux_stop(int status)
{
	for (;;)
		HOST(exit_group, status);
}

void linux_refuse(const char *text)
{
	linux_refuse_with(UK_STATUS_KERNEL, text);
}

void linux_refuse_with(int status, const char *text)
{
	char message[160];
	int length = uk_snprintf(message, sizeof(message), "unishim: %s\n", text);

	host_write_all(2, message, MIN((size_t)length, sizeof(message) - 1));
	linux_stop(status);
}

long host_write_all(u64 descriptor, const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		long written = HOST(write, descriptor, (const char *)buffer + done, length - done);

		if (written < 0 && written != -EINTR)
			return written;
		done += (size_t)MAX(written, 0L);
	}
	return 0;
}

/* On a terminal in raw mode a line does not begin at the left by itself. */
void ukplat_console_write(const char *text, size_t length)
{
	bool returns = cage.terminal_is_raw && cage.terminals & 1u << 2;
	size_t done = 0;

	while (returns && done < length) {
		const char *end = memchr(text + done, '\n', length - done);
		size_t part = (end ? (size_t)(end - text) : length) - done;

		host_write_all(2, text + done, part);
		done += part;
		if (end) {
			host_write_all(2, "\r\n", 2);
			done++;
		}
	}
	host_write_all(2, text + done, length - done);
}

void ukplat_exit(const struct uk_exit_report *exit)
{
	const struct linux_patches *patches = patches_counts();
	char line[REPORT_MAX];

	if (report_descriptor >= 0) {
		int length = report_put(line, exit);

		length +=
			uk_snprintf(line + length, sizeof(line) - (size_t)length,
				    ", \"patches\": {\"traps\": %lu, \"mov\": %lu, \"post\": %lu, "
				    "\"pre\": %lu, \"pad\": %lu, \"refused\": %lu}}\n",
				    patches->traps, patches->forms[UK_PATCH_MOV],
				    patches->forms[UK_PATCH_POST], patches->forms[UK_PATCH_PRE],
				    patches->forms[UK_PATCH_PAD], patches->forms[UK_PATCH_REFUSED]);
		host_write_all((u64)report_descriptor, line, (size_t)length);
	}
	linux_stop(exit->status);
}
