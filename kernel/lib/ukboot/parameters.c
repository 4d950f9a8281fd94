/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's command line: parameters, then, after `--`, the program's argv. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/command_line.h>
#include <uk/console.h>
#include <uk/debugger.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/system.h>

#include "boot.h"

static unsigned int terminals;
static u16 rows, columns;

/* If word begins with `name`, returns the rest of it, otherwise NULL. */
static char *value_of(char *word, const char *name)
{
	size_t length = strlen(name);

	return strncmp(word, name, length) == 0 ? word + length : NULL;
}

/* Sets *number if text consists of a number only. */
static bool parse_number(const char *text, u64 *number)
{
	return uk_parse_u64(text, &text, number) == 0 && !*text;
}

static bool parse_window(const char *text)
{
	u64 height, width;

	if (uk_parse_u64(text, &text, &height) || *text != 'x' || !parse_number(text + 1, &width) ||
	    height > UINT16_MAX || width > UINT16_MAX)
		return false;
	rows = (u16)height;
	columns = (u16)width;
	return true;
}

/* vfs.fstab=ENTRY, or Unikraft's form: vfs.fstab=[ ENTRY... ]. False: not in a list. */
static bool take_fstab(char *entry, struct parameters *parameters, bool *in_list)
{
	size_t length;

	if (!*in_list) {
		if (!(entry = value_of(entry, "vfs.fstab=")))
			return false;
		if (*entry == '[') {
			*in_list = true;
			entry++;
		}
	}
	length = strlen(entry);
	if (*in_list && length && entry[length - 1] == ']') {
		*in_list = false;
		entry[length - 1] = '\0';
	}
	if (*entry)
		parameters->fstab[parameters->fstab_count++] = entry;
	return true;
}

static bool take_parameter(char *word, struct parameters *parameters)
{
	char *value;
	u64 number;

	if (strcmp(word, "quiet") == 0)
		return parameters->quiet = true;
	if (strcmp(word, "debugger") == 0)
		return uk_debugger = true;
	if ((value = value_of(word, "seed=")))
		return parameters->has_seed = parse_number(value, &parameters->seed);
	if ((value = value_of(word, "clock="))) {
		if (!parse_number(value, &number))
			return false;
		ukplat_set_epoch_ns(number);
		return true;
	}
	if ((value = value_of(word, "env="))) {
		parameters->start.envp[parameters->start.envc++] = value;
		return true;
	}
	if ((value = value_of(word, "exe="))) {
		parameters->start.executable = value;
		return true;
	}
	if ((value = value_of(word, "workdir="))) {
		parameters->start.directory = value;
		return true;
	}
	if ((value = value_of(word, "user="))) {
		parameters->start.user = value;
		return true;
	}
	if ((value = value_of(word, "tty="))) {
		if (!parse_number(value, &number))
			return false;
		terminals = (unsigned int)number;
		return true;
	}
	if ((value = value_of(word, "winsize=")))
		return parse_window(value);
	return ukplat_parameter(word);
}

void parameters_read(const char *line, struct parameters *parameters)
{
	size_t size = strlen(line) + 1, maximum = size / 2 + 1;
	char *copy = uk_malloc(size);
	char **words = uk_malloc(maximum * sizeof(*words));
	struct uk_start_arguments *start = &parameters->start;
	static char *program[] = {"program"};
	bool in_fstab = false;
	int count, i;

	start->envp = uk_malloc(maximum * sizeof(*words));
	parameters->fstab = uk_malloc(maximum * sizeof(*words));
	UK_ASSERT(copy && words && start->envp && parameters->fstab);
	memcpy(copy, line, size);
	uk_system_set_command_line(line);
	count = uk_command_line_split(copy, words, maximum);
	if (count < 0) {
		uk_pr_err("ignoring the command line: it contains an unclosed quote\n");
		count = 0;
	}
	for (i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
		if (!take_fstab(words[i], parameters, &in_fstab) &&
		    !take_parameter(words[i], parameters))
			uk_pr_warn("unknown or malformed kernel parameter: %.128s\n", words[i]);
	}
	start->argc = i < count ? count - i - 1 : 0;
	start->argv = words + i + 1;
	if (start->argc == 0) {
		start->argc = 1;
		start->argv = program;
	}
	uk_console_configure(terminals, rows, columns);
}
