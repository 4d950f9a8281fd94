/* SPDX-License-Identifier: BSD-3-Clause */
/* Ends the kernel in an impossible state: a report and status 125. */
#include <uk/assert.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/string.h>

#define MESSAGE_SIZE 192

void (*uk_panic_report)(void);
static bool panicking;

void uk_panic(const char *file, int line, const char *format, ...)
{
	const struct uk_exit_report report = {.status = UK_STATUS_KERNEL};
	char message[MESSAGE_SIZE];
	va_list arguments;

	/* A fault during the report must not be reported again. */
	if (!panicking) {
		panicking = true;
		va_start(arguments, format);
		uk_vsnprintf(message, sizeof(message), format, arguments);
		va_end(arguments);
		uk_print("\nKernel panic at %s:%d: %s\n", file, line, message);
		uk_print("called from kernel address %p\n", __builtin_return_address(0));
		if (uk_panic_report)
			uk_panic_report();
	}
	ukplat_exit(&report);
}
