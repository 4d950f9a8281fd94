/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Messages on the kernel's console: `[ 0.153848] dbg: [libname] text`.
 *
 * The library's name comes from its build (-D__LIBNAME__). Debug messages exist only if
 * CONFIG_LIBUKDEBUG_PRINTD is set; otherwise they cost nothing, not even their strings. The text
 * includes its own newline.
 */
#ifndef UK_PRINT_H
#define UK_PRINT_H

#include <stdarg.h>
#include <uk/essentials.h>

#ifndef UK_HOSTED
#include <uk/bits/config.h>
#endif

#ifndef __LIBNAME__
#define __LIBNAME__ "kernel"
#endif

enum uk_print_level { UK_PRINT_DEBUG, UK_PRINT_INFO, UK_PRINT_WARN, UK_PRINT_ERR, UK_PRINT_CRIT };

/* Prints a line with time stamp, level and library. */
void uk_print_message(enum uk_print_level level, const char *library, const char *format, ...)
	__printf(3, 4);
/* Prints bare text, for banners and reports. */
void uk_print(const char *format, ...) __printf(1, 2);

#ifdef CONFIG_LIBUKDEBUG_PRINTD
#define uk_pr_debug(...) uk_print_message(UK_PRINT_DEBUG, __LIBNAME__, __VA_ARGS__)
#else
#define uk_pr_debug(...)                                                                           \
	do {                                                                                       \
		if (0)                                                                             \
			uk_print_message(UK_PRINT_DEBUG, __LIBNAME__, __VA_ARGS__);                \
	} while (0)
#endif
#define uk_pr_info(...) uk_print_message(UK_PRINT_INFO, __LIBNAME__, __VA_ARGS__)
#define uk_pr_warn(...) uk_print_message(UK_PRINT_WARN, __LIBNAME__, __VA_ARGS__)
#define uk_pr_err(...)	uk_print_message(UK_PRINT_ERR, __LIBNAME__, __VA_ARGS__)
#define uk_pr_crit(...) uk_print_message(UK_PRINT_CRIT, __LIBNAME__, __VA_ARGS__)

#endif
