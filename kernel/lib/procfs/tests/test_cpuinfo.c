/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares CPUID's data with what the host's kernel shows about the same processor. Built with:
 * procfs/cpuinfo.c procfs/cpu_flags.c procfs/text.c nolibc/format.c */
#undef _GNU_SOURCE /* stdio.h would define flags that the kernel's headers define */
#include <uk/alloc.h>
#include <uk/cpu_features.h>
#include <uk/plat.h>
#include <uk/string.h>

#include "check.h"

#include "../procfs.h"

void *uk_malloc(size_t size)
{
	return malloc(size);
}
void uk_free(void *memory)
{
	free(memory);
}
const struct uk_cpu_features *uk_cpu_features(void)
{
	static const struct uk_cpu_features features = {.fsgsbase = true};

	return &features;
}
const struct uk_clock_page *ukplat_clock_page(void)
{
	static const struct uk_clock_page page = {.scale = (1UL << 32) / 5 * 2}; /* 2.5 GHz */

	return &page;
}

/* Returns the line that begins with name, including its newline. */
static const char *line_of(const char *text, const char *name, size_t *length)
{
	const char *line = text;

	while (strncmp(line, name, strlen(name)) != 0) {
		line = strchr(line, '\n');
		CHECK(line);
		line++;
	}
	*length = (size_t)(strchr(line, '\n') + 1 - line);
	return line;
}

static void check_same(const char *ours, const char *theirs, const char *name)
{
	size_t our_length, their_length;
	const char *our = line_of(ours, name, &our_length),
		   *their = line_of(theirs, name, &their_length);

	if (our_length != their_length || memcmp(our, their, our_length) != 0) {
		fprintf(stderr, "%.*s%.*s", (int)our_length, our, (int)their_length, their);
		abort();
	}
}

/* A kernel may hide features, and names some that CPUID does not report; but the common ones are in
 * the same order, and most of them are present. */
static void check_flags(const char *ours, const char *theirs)
{
	size_t our_length, their_length, common = 0, count = 0;
	const char *our = line_of(ours, "flags", &our_length), *end = our + our_length - 1;
	const char *their = line_of(theirs, "flags", &their_length);

	for (our = strchr(our, ':') + 1; our < end; count++) {
		size_t length = strcspn(our + 1, " \n");
		char word[64];
		const char *found;

		CHECK(*our == ' ' && length > 0 && length < 60);
		snprintf(word, sizeof(word), " %.*s", (int)length, our + 1);
		our += length + 1;
		for (found = their; (found = strstr(found, word)); found++) {
			if (strchr(" \n", found[length + 1]))
				break;
		}
		if (found && found < their + their_length) {
			their_length -= (size_t)(found - their);
			their = found;
			common++;
		}
	}
	CHECK(common > 20 && common * 10 > count * 8);
}

int main(void)
{
	static const char *const same[] = {"processor",	 "vendor_id", "cpu family",  "model\t",
					   "model name", "stepping",  "cpuid level", "clflush size",
					   "fpu",	 "wp"};
	static char theirs[1 << 16];
	struct text text = {0};
	FILE *file = fopen("/proc/cpuinfo", "r");

	CHECK(file && fread(theirs, 1, sizeof(theirs) - 1, file) > 0);
	fclose(file);
	CHECK(show_cpuinfo(NULL, NULL, &text, 0) == 0 && !text.failed);
	text_put(&text, "", 1);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		check_same(text.data, theirs, same[i]);
	check_flags(text.data, theirs);
	CHECK(strstr(text.data, "cpu MHz\t\t: 2500.000\n") ||
	      strstr(text.data, "cpu MHz\t\t: 2499.999\n"));
	CHECK(strstr(text.data, "\nbogomips\t: 5000.00\n") ||
	      strstr(text.data, "\nbogomips\t: 4999.99\n"));
	text_free(&text);
	return 0;
}
