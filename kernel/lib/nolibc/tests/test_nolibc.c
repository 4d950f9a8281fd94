/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: */
/* The functions under other names, compared with the host's. */
#include <string.h>
#include <uk/string.h>

#define memcpy	nolibc_memcpy
#define memmove nolibc_memmove
#define memset	nolibc_memset
#define memcmp	nolibc_memcmp
#define memchr	nolibc_memchr
#define strlen	nolibc_strlen
#define strnlen nolibc_strnlen
#define strcmp	nolibc_strcmp
#define strncmp nolibc_strncmp
#define strchr	nolibc_strchr
#define strrchr nolibc_strrchr
/* Not sorted: each header uses what comes before it. */
#include "../memory.c"

#include "../string.c"

#include "../format.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr

#include "check.h"

#define SIZE 100

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void test_memory(void)
{
	uint64_t state = 1;

	for (int round = 0; round < 20000; round++) {
		char a[SIZE], b[SIZE];
		size_t from = check_random(&state) % SIZE, to = check_random(&state) % SIZE;
		size_t size = check_random(&state) % (SIZE - (from > to ? from : to) + 1);

		for (int i = 0; i < SIZE; i++)
			a[i] = b[i] = (char)(check_random(&state) % 4);
		CHECK(nolibc_memmove(a + to, a + from, size) == a + to);
		memmove(b + to, b + from, size);
		CHECK(memcmp(a, b, SIZE) == 0);
		CHECK(sign(nolibc_memcmp(a + from, a + to, size)) ==
		      sign(memcmp(a + from, a + to, size)));
		CHECK(nolibc_memchr(a + from, 3, size) == memchr(a + from, 3, size));
		CHECK(nolibc_memset(a + from, (int)state, size) == a + from);
		memset(b + from, (int)state, size);
		CHECK(memcmp(a, b, SIZE) == 0);
		if (from + size <= to) {
			CHECK(nolibc_memcpy(a + to, a + from, size) == a + to);
			memcpy(b + to, b + from, size);
			CHECK(memcmp(a, b, SIZE) == 0);
		}
		a[SIZE - 1] = b[SIZE - 1] = '\0';
		CHECK(nolibc_strlen(a + from) == strlen(a + from));
		CHECK(nolibc_strnlen(a + from, size) == strnlen(a + from, size));
		CHECK(nolibc_strchr(a + from, 2) == strchr(a + from, 2));
		CHECK(nolibc_strrchr(a + from, 0) == strrchr(a + from, 0));
		CHECK(nolibc_strrchr(a + from, 2) == strrchr(a + from, 2));
		CHECK(sign(nolibc_strcmp(a + from, a + to)) == sign(strcmp(a + from, a + to)));
		CHECK(sign(nolibc_strncmp(a + from, a + to, size)) ==
		      sign(strncmp(a + from, a + to, size)));
	}
}

#pragma clang diagnostic ignored "-Wformat-nonliteral"
#pragma clang diagnostic ignored "-Wformat-security"
#pragma clang diagnostic ignored "-Wformat"

static void compare(const char *format, uint64_t value)
{
	char ours[64], theirs[64];
	size_t size = value % sizeof(ours);

	memset(ours, 1, sizeof(ours));
	memset(theirs, 1, sizeof(theirs));
	CHECK(uk_snprintf(ours, size, format, value) == snprintf(theirs, size, format, value));
	if (memcmp(ours, theirs, sizeof(ours)) != 0) {
		fprintf(stderr, "%s: %s, not %s\n", format, ours, theirs);
		abort();
	}
}

static void test_numbers(void)
{
	static const char flags[] = "-0+ #",
			  conversions[] = "diuxXoc", *const lengths[] = {"",   "h", "hh", "l",
									 "ll", "z", "t",  "j"};
	uint64_t state = 7;

	for (int round = 0; round < 50000; round++) {
		uint64_t value = check_random(&state) >> check_random(&state) % 64;
		char format[32], *end = format;
		char conversion = conversions[check_random(&state) % (sizeof(conversions) - 1)];

		*end++ = '%';
		while (check_random(&state) % 2)
			*end++ = flags[check_random(&state) % (sizeof(flags) - 1)];
		if (end - format > 8)
			continue;
		/* `#` with `o` counts towards the precision; the kernel prints no such numbers. */
		*end = '\0';
		if (conversion == 'o' && strchr(format, '#'))
			continue;
		if (check_random(&state) % 2)
			end += sprintf(end, "%d", (int)(check_random(&state) % 30));
		if (conversion != 'c' && check_random(&state) % 2)
			end += sprintf(end, ".%d", (int)(check_random(&state) % 30));
		if (conversion == 'c')
			sprintf(end, "c");
		else
			sprintf(end, "%s%c", lengths[check_random(&state) % 8], conversion);
		if (conversion == 'c' && (value & 0xff) == 0)
			continue;
		compare(format, value);
	}
}

static void test_strings(void)
{
	char text[64];

	CHECK(uk_snprintf(text, sizeof(text), "[%5s|%-5s|%.2s|%s|%%|%*d]", "ab", "cd", "efg",
			  (char *)NULL, 4, 7) == 30);
	CHECK(strcmp(text, "[   ab|cd   |ef|(null)|%|   7]") == 0);
	CHECK(uk_snprintf(text, 4, "%s", "abcdef") == 6 && strcmp(text, "abc") == 0);
	CHECK(uk_snprintf(NULL, 0, "%d", 12345) == 5);
	CHECK(uk_snprintf(text, sizeof(text), "%p", (void *)0x1234) == 6 &&
	      strcmp(text, "0x1234") == 0);
}

static void test_parse(void)
{
	const char *end;
	uint64_t value;

	CHECK(uk_parse_u64("18446744073709551615x", &end, &value) == 0 && value == UINT64_MAX &&
	      *end == 'x');
	CHECK(uk_parse_u64("18446744073709551616", &end, &value) == -ERANGE);
	CHECK(uk_parse_u64("0xfEb00e00:", &end, &value) == 0 && value == 0xfeb00e00 && *end == ':');
	CHECK(uk_parse_u64("0x10000000000000000", NULL, &value) == -ERANGE);
	CHECK(uk_parse_u64("", NULL, &value) == -EINVAL);
	CHECK(uk_parse_u64("x", NULL, &value) == -EINVAL);
	CHECK(uk_parse_u64("0x", NULL, &value) == -EINVAL);
}

int main(void)
{
	test_memory();
	test_numbers();
	test_strings();
	test_parse();
	return 0;
}
