/* Arguments of random calls: numbers, addresses, times and paths, from a seeded generator.
 */
#ifndef RANDOM_ARGUMENTS_H
#define RANDOM_ARGUMENTS_H

#include <stdint.h>
#include <time.h>

#define AREA   (256UL << 10)
#define OUTPUT 900 /* the real stdout; no random descriptor has this value */

static uint64_t state;
/* Memory that calls read and write. Times go to a separate area, which nothing reads: a run must
 * not depend on them. */
static char *area, *times_area, *target;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t any_argument(void)
{
	/* clang-format off */
	static const uint64_t edges[] = {
		0, 1, 2, 8, 24, 4095, 4096, 1 << 20, 1UL << 40, INT32_MAX, (uint64_t)INT32_MIN, UINT32_MAX,
		0xdeadbeef00000001, INT64_MAX, UINT64_MAX, UINT64_MAX - 4095, 1UL << 63, 1UL << 47,
		(1UL << 47) - 4096, 0xffff800000000000, 0xffffffff80100000,
	};
	/* clang-format on */

	switch (next() % 5) {
	case 0:
		return edges[next() % (sizeof(edges) / sizeof(*edges))];
	case 1:
		return (uint64_t)target + next() % AREA;
	case 2:
		return (uint64_t)target + AREA - next() % 64; /* close to the edge */
	case 3:
		return next() % 64;
	default:
		return next() >> next() % 64;
	}
}

static uint64_t argument(void)
{
	uint64_t value = any_argument();

	return (uint32_t)value == OUTPUT ? value + 1 : value;
}

/* A pointer to a time that is over at once, or is invalid. */
static uint64_t short_time(void)
{
	static const struct timespec times[] = {{0, 0},	 {0, 1},  {0, 1000},
						{-1, 0}, {0, -1}, {0, 1000000000}};
	static const uint64_t bad[] = {1, 8, 1UL << 63, 0xffff800000000000, 0xffffffff80100000};

	if (next() % 4 == 0)
		return bad[next() % 5];
	return (uint64_t)&times[next() % 6];
}

/* Not /dev/tty, because the timing of its input varies. */
static uint64_t path(void)
{
	static const char *const paths[] = {
		"/",	       "/dev",	     "/dev/null",   "/dev/zero",      "/dev/full",
		"/dev/random", "/dev/stdin", "/dev/stderr", "/proc/self/exe", "",
		"null",	       "/none/such", "/tmp",	    "/tmp/file",      "/tmp/folder"};

	return (uint64_t)paths[next() % (sizeof(paths) / sizeof(*paths))];
}

/* Names that may be created and removed. */
static uint64_t new_path(void)
{
	static const char *const paths[] = {"/tmp/file",	"/tmp/link",	   "/tmp/folder",
					    "/tmp/folder/file", "/tmp/folder/sub", "/tmp/folder/",
					    "/tmp/file/",	"/tmp/./link",	   "/tmp/fifo"};

	return (uint64_t)paths[next() % (sizeof(paths) / sizeof(*paths))];
}

#endif
