/* SPDX-License-Identifier: BSD-3-Clause */
/* Impossible states end the kernel with file, line and registers, and exit status 125. */
#ifndef UK_ASSERT_H
#define UK_ASSERT_H

#include <uk/essentials.h>

void uk_panic(const char *file, int line, const char *format, ...) __printf(3, 4) __noreturn;
/* Prints further information when the kernel panics; NULL until a higher library sets it. */
extern void (*uk_panic_report)(void);

#define UK_PANIC(...) uk_panic(__FILE__, __LINE__, __VA_ARGS__)
#define UK_ASSERT(condition)                                                                       \
	do {                                                                                       \
		if (unlikely(!(condition)))                                                        \
			UK_PANIC("assertion failed: %s", #condition);                              \
	} while (0)

#endif
