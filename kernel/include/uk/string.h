/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory and string functions of ISO C that the kernel uses, and bounded formatting. */
#ifndef UK_STRING_H
#define UK_STRING_H

#include <stdarg.h>
#include <uk/essentials.h>

#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *restrict destination, const void *restrict source, size_t size);
void *memmove(void *destination, const void *source, size_t size);
void *memset(void *destination, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *memory, int value, size_t size);
size_t strlen(const char *string);
size_t strnlen(const char *string, size_t size);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);
char *strchr(const char *string, int character);
char *strrchr(const char *string, int character);

/* Inlined where sizes are constant and small, which -ffreestanding alone forbids; except in the
 * files that define these functions. */
#ifndef UK_STRING_FUNCTIONS
#define memcpy(destination, source, size) __builtin_memcpy(destination, source, size)
#define memset(destination, value, size)  __builtin_memset(destination, value, size)
#endif
#endif

/*
 * Like C11 7.21.6.5 snprintf, for %d %i %u %x %X %o %c %s %p %% with the flags 0 - + space #,
 * width, precision (also as *) and the lengths hh h l ll z t j. No floating point. Returns the
 * length of the whole text, without the terminator.
 */
int uk_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
int uk_snprintf(char *buffer, size_t size, const char *format, ...) __printf(3, 4);

/* Parses an unsigned number (decimal, or hexadecimal after 0x) up to the first other character.
 * Stores the end if end is not NULL. Returns 0, -EINVAL (no digit) or -ERANGE (above 64 bits). */
int uk_parse_u64(const char *text, const char **end, u64 *value);

#endif
