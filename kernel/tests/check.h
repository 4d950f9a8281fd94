/* SPDX-License-Identifier: BSD-3-Clause */
/* For hosted unit tests: a failed check ends the test and prints its location. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Called by UK_ASSERT. */
__attribute__((noreturn)) static inline void check_panic(const char *file, int line,
							 const char *format, va_list arguments)
{
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	abort();
}

#define CHECK_DEFINE_PANIC                                                                         \
	void uk_panic(const char *file, int line, const char *format, ...)                         \
	{                                                                                          \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, format);                                                       \
		check_panic(file, line, format, arguments);                                        \
	}

/* A repeatable pseudo-random sequence: xorshift64 (Marsaglia, 2003). */
static inline uint64_t check_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif
