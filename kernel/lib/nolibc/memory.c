/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory functions (C11 7.24). Large blocks go by `rep` string instructions of eight bytes, which
 * processors do in microcode and TCG counts as one instruction each; small ones by a loop.
 */
#define UK_STRING_FUNCTIONS
#include <uk/string.h>

#define WORD sizeof(u64)

void *memcpy(void *restrict destination, const void *restrict source, size_t size)
{
	void *to = destination;
	size_t words = size / WORD;

	size %= WORD;
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(source), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(source), "+c"(size) : : "memory");
	return destination;
}

void *memmove(void *destination, const void *source, size_t size)
{
	char *to = destination;
	const char *from = source;

	if ((uintptr_t)destination - (uintptr_t)source >= size)
		return memcpy(destination, source, size);
	while (size-- > 0)
		to[size] = from[size];
	return destination;
}

void *memset(void *destination, int value, size_t size)
{
	void *to = destination;
	size_t words = size / WORD;
	u64 pattern = (u8)value * 0x0101010101010101UL;

	size %= WORD;
	__asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(pattern) : "memory");
	return destination;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *left = a, *right = b;

	for (size_t i = 0; i < size; i++) {
		if (left[i] != right[i])
			return left[i] - right[i];
	}
	return 0;
}

void *memchr(const void *memory, int value, size_t size)
{
	const u8 *bytes = memory;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == (u8)value)
			return (void *)(uintptr_t)&bytes[i];
	}
	return NULL;
}
