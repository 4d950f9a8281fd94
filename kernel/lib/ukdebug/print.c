/* SPDX-License-Identifier: BSD-3-Clause */
/* Formatted messages on the kernel's console. */
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/string.h>

#define LINE_SIZE 256 /* bytes; a longer message is cut */
#define NS_PER_US 1000UL
#define US_PER_S  1000000UL

static const char level_names[][6] = {"dbg: ", "Info:", "Warn:", "ERR: ", "CRIT:"};

static void write_text(char *text, int length)
{
	if (length >= LINE_SIZE) {
		length = LINE_SIZE - 1;
		text[length - 1] = '\n';
	}
	ukplat_console_write(text, (size_t)length);
}

void uk_print(const char *format, ...)
{
	char text[LINE_SIZE];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = uk_vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	write_text(text, length);
}

void uk_print_message(enum uk_print_level level, const char *library, const char *format, ...)
{
	u64 microseconds = ukplat_monotonic_ns() / NS_PER_US;
	char text[LINE_SIZE];
	va_list arguments;
	int length;

	length = uk_snprintf(text, sizeof(text), "[%5lu.%06lu] %s [%s] ", microseconds / US_PER_S,
			     microseconds % US_PER_S, level_names[level], library);
	va_start(arguments, format);
	length += uk_vsnprintf(text + length, sizeof(text) - (size_t)length, format, arguments);
	va_end(arguments);
	write_text(text, length);
}
