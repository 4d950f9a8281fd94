/* SPDX-License-Identifier: BSD-3-Clause */
/* String functions (C11 7.24) and numbers in text. */
#include <uk/errno.h>
#include <uk/string.h>

size_t strlen(const char *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

size_t strnlen(const char *string, size_t size)
{
	size_t length = 0;

	while (length < size && string[length])
		length++;
	return length;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (a[i] != b[i])
			return (u8)a[i] - (u8)b[i];
		if (!a[i])
			return 0;
	}
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *string, int character)
{
	for (;; string++) {
		if (*string == (char)character)
			return (char *)(uintptr_t)string;
		if (!*string)
			return NULL;
	}
}

char *strrchr(const char *string, int character)
{
	const char *found = NULL;

	do {
		if (*string == (char)character)
			found = string;
	} while (*string++);
	return (char *)(uintptr_t)found;
}

int uk_parse_u64(const char *text, const char **end, u64 *value)
{
	unsigned int base = 10, digits = 0;
	u64 sum = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	for (;; text++, digits++) {
		unsigned int digit = 16;

		if (*text >= '0' && *text <= '9')
			digit = (unsigned int)(*text - '0');
		else if ((*text | 32) >= 'a' && (*text | 32) <= 'f')
			digit = (unsigned int)((*text | 32) - 'a' + 10);
		if (digit >= base)
			break;
		if (__builtin_mul_overflow(sum, (u64)base, &sum) ||
		    __builtin_add_overflow(sum, (u64)digit, &sum))
			return -ERANGE;
	}
	if (digits == 0)
		return -EINVAL;
	if (end)
		*end = text;
	*value = sum;
	return 0;
}
