/* SPDX-License-Identifier: BSD-3-Clause */
/* Ends the kernel in an impossible state: a report and status 125. */
#include <uk/assert.h>
#include <uk/crash.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/string.h>

#define MESSAGE_SIZE 192

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
		uk_print("called from kernel address %p; the guest's state at its last entry:\n",
			 __builtin_return_address(0));
		uk_crash_print_registers(ukplat_guest_regs());
	}
	ukplat_exit(&report);
}
