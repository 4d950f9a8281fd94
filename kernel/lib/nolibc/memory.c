/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory functions (C11 7.24). Long blocks use `rep` string instructions, which take some 30 cycles
 * to start; short blocks use plain moves, the last of which may overlap the one before.
 */
#define UK_STRING_FUNCTIONS
#include <uk/string.h>

#define SHORT 128 /* bytes */

typedef u64 word __attribute__((may_alias, aligned(1)));
typedef u32 half __attribute__((may_alias, aligned(1)));

/* Keeps compilers from replacing the enclosing loop by a call of the function itself. */
static inline void keep_loop(void)
{
	__asm__ volatile("" : : : "memory");
}

static inline void copy_short(char *to, const char *from, size_t size)
{
	if (size >= sizeof(word)) {
		size_t last = size - sizeof(word);

		for (size_t i = 0; i < last; i += sizeof(word)) {
			*(word *)(to + i) = *(const word *)(from + i);
			keep_loop();
		}
		*(word *)(to + last) = *(const word *)(from + last);
	} else if (size >= sizeof(half)) {
		half end = *(const half *)(from + size - sizeof(half));

		*(half *)to = *(const half *)from;
		*(half *)(to + size - sizeof(half)) = end;
	} else {
		for (size_t i = 0; i < size; i++) {
			to[i] = from[i];
			keep_loop();
		}
	}
}

void *memcpy(void *restrict destination, const void *restrict source, size_t size)
{
	void *to = destination;
	size_t words = size / sizeof(word);

	if (size < SHORT) {
		copy_short(destination, source, size);
		return destination;
	}
	__asm__ volatile("rep movsq" : "+D"(to), "+S"(source), "+c"(words) : : "memory");
	copy_short(to, source, size % sizeof(word));
	return destination;
}

void *memmove(void *destination, const void *source, size_t size)
{
	char *to = destination;
	const char *from = source;
	size_t distance = (uintptr_t)to - (uintptr_t)from;

	if (distance >= size && -distance >= size)
		return memcpy(destination, source, size);
	if (distance >= size) { /* to is before from */
		__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
		return destination;
	}
	while (size-- > 0)
		to[size] = from[size];
	return destination;
}

static inline void set_short(char *to, u64 pattern, size_t size)
{
	size_t last = size - sizeof(word);

	if (size < sizeof(word)) {
		for (size_t i = 0; i < size; i++) {
			to[i] = (char)pattern;
			keep_loop();
		}
		return;
	}
	for (size_t i = 0; i < last; i += sizeof(word)) {
		*(word *)(to + i) = pattern;
		keep_loop();
	}
	*(word *)(to + last) = pattern;
}

void *memset(void *destination, int value, size_t size)
{
	void *to = destination;
	size_t words = size / sizeof(word);
	u64 pattern = (u8)value * 0x0101010101010101UL;

	if (size < SHORT) {
		set_short(destination, pattern, size);
		return destination;
	}
	__asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
	set_short(to, pattern, size % sizeof(word));
	return destination;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *left = a, *right = b;
	size_t i = 0;

	while (i + sizeof(word) <= size && *(const word *)(left + i) == *(const word *)(right + i))
		i += sizeof(word);
	for (; i < size; i++) {
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
