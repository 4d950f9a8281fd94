/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/crash.h>
#include <uk/string.h>

#include "exit_report.h"

const char *exit_report_code(const struct uk_exit_report *exit, char buffer[EXIT_REPORT_CODE_SIZE])
{
	const struct uk_crash_code *code = exit->code;
	int length;

	if (!code)
		return "";
	length = uk_snprintf(buffer, EXIT_REPORT_CODE_SIZE,
			     ", \"code\": {\"address\": %lu, \"before\": %lu, \"bytes\": \"",
			     code->address, code->before);
	for (size_t i = 0; i < code->size; i++)
		length += uk_snprintf(buffer + length, EXIT_REPORT_CODE_SIZE - (size_t)length,
				      "%02x", code->bytes[i]);
	uk_snprintf(buffer + length, EXIT_REPORT_CODE_SIZE - (size_t)length, "\"}");
	return buffer;
}
