/* SPDX-License-Identifier: BSD-3-Clause */
/* Small macros that every library uses. */
#ifndef UK_ESSENTIALS_H
#define UK_ESSENTIALS_H

#include <uk/types.h>

#define UK_PAGE_SHIFT 12
#define UK_PAGE_SIZE  4096UL
#define UK_PAGE_MASK  (~(UK_PAGE_SIZE - 1))

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define ALIGN_DOWN(value, size) ((value) & ~((__typeof__(value))(size)-1))
#define ALIGN_UP(value, size)	ALIGN_DOWN((value) + (__typeof__(value))(size)-1, size)
#define IS_ALIGNED(value, size) (((value) & ((__typeof__(value))(size)-1)) == 0)
#define MIN(a, b)		((a) < (b) ? (a) : (b))
#define MAX(a, b)		((a) > (b) ? (a) : (b))

#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

#define __noreturn	    __attribute__((noreturn))
#define __packed	    __attribute__((packed))
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#define __maybe_unused	    __attribute__((unused))
#define __weak		    __attribute__((weak))
#define __aligned_to(size)  __attribute__((aligned(size)))

#endif
