/* SPDX-License-Identifier: BSD-3-Clause */
/* Composes the kernel's command line, which grows by pages of the host if it is long. */
#include <uk/string.h>

#include "host.h"
#include "platform.h"

#define STEP 65536

static char first[2048];
static char *line = first;
static size_t line_length, line_size = sizeof(first);

static void put(char character)
{
	if (line_length == line_size) {
		char *larger =
			(char *)HOST(mmap, NULL, line_size + STEP, HOST_PROT_READ | HOST_PROT_WRITE,
				     HOST_MAP_PRIVATE | HOST_MAP_ANONYMOUS, -1, 0);

		if ((long)larger < 0 && (long)larger > -4096)
			linux_refuse("not enough memory for the command line");
		memcpy(larger, line, line_length);
		if (line != first)
			HOST(munmap, line, line_size);
		line = larger;
		line_size += STEP;
	}
	line[line_length++] = character;
}

void command_line_put(const char *text)
{
	while (*text)
		put(*text++);
}

/* Quoted in the form that lib/ukboot parses. */
void command_line_put_word(const char *prefix, const char *word)
{
	put(' ');
	command_line_put(prefix);
	put('\'');
	for (; *word; word++) {
		if (*word == '\'')
			command_line_put("'\\''");
		else
			put(*word);
	}
	put('\'');
}

bool command_line_is_empty(void)
{
	return line_length == 0;
}

char *command_line_end(void)
{
	put('\0');
	return line;
}
