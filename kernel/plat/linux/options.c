/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of the image: see USAGE. */
#include <uk/string.h>

#include "host.h"
#include "platform.h"

#define TEXT_OF(tokens) #tokens
#define TEXT(macro)	TEXT_OF(macro)
#define MEMORY_DEFAULT	(128UL << 20)

#define USAGE                                                                                      \
	"usage: elfloader_" IMAGE_SUFFIX " [-i FILE] [OPTION]... [--] [ARGUMENT]...\n"             \
	"The arguments are the program's argv; default: the name of the file.\n"                   \
	"  -i FILE        the program\n"                                                           \
	"  -m MIB         memory; default: 128\n"                                                  \
	"  -k KIB         memory in KiB\n"                                                         \
	"  -p PARAMETERS  kernel parameters (docs/reference/kernel-command-line.md)\n"             \
	"  -r FD          write the report line there\n"                                           \
	"  -c FD,FD       the channel's memory and its bell\n"                                     \
	"  -s TAG=FD      a shared directory and its server's socket; repeatable\n"                \
	"  -n             use a network namespace of its own\n"                                    \
	"  -l             list the host calls that the cage allows, and exit\n"                    \
	"  -h             print this text\n"

static u64 number(const char *text, const char **end)
{
	u64 value;

	if (!text || uk_parse_u64(text, end, &value))
		linux_refuse("an option requires a number");
	return value;
}

static void read_share(char *text, struct options *options)
{
	char *separator = strchr(text, '=');
	const char *end;
	unsigned int count = 0;

	while (count < UK_SHARES_MAX && options->shares[count].tag)
		count++;
	if (!separator || count == UK_SHARES_MAX)
		linux_refuse("-s takes TAG=FD, at most " TEXT(UK_SHARES_MAX) " times");
	*separator = '\0';
	options->shares[count] = (struct share){text, (int)number(separator + 1, &end)};
}

/* An option without a value. */
static bool read_flag(char letter, struct options *options)
{
	if (letter == 'n')
		options->no_network = true;
	if (letter == 'l')
		options->list = true;
	if (letter == 'h') {
		HOST(write, 1, USAGE, sizeof(USAGE) - 1);
		linux_stop(0);
	}
	return letter == 'n' || letter == 'l';
}

void options_read(char **argv, struct options *options)
{
	const char *end;

	options->memory = MEMORY_DEFAULT;
	for (argv++; *argv && argv[0][0] == '-' && argv[0][1] != '-' && argv[0][2] == '\0';
	     argv += 2) {
		if (read_flag(argv[0][1], options)) {
			argv--;
			continue;
		}
		if (!argv[1])
			linux_refuse("an option lacks its value; see -h");
		switch (argv[0][1]) {
		case 'i':
			options->initrd = argv[1];
			break;
		case 'm':
			options->memory = number(argv[1], &end) << 20;
			break;
		case 'k':
			options->memory = number(argv[1], &end) << 10;
			break;
		case 'p':
			command_line_put(argv[1]);
			break;
		case 'r':
			options->report = (int)number(argv[1], &end);
			break;
		case 'c':
			options->channel = (int)number(argv[1], &end);
			options->bell = (int)number(*end ? end + 1 : end, &end);
			break;
		case 's':
			read_share(argv[1], options);
			break;
		default:
			linux_refuse("unknown option; see -h");
		}
	}
	if (*argv && strcmp(*argv, "--") == 0)
		argv++;
	if (options->memory < MEMORY_MIN)
		linux_refuse("-m is too small; the minimum is 2");
	/* Parameters may have named the program already. */
	if (*argv || (options->initrd && command_line_is_empty())) {
		command_line_put(" --");
		if (!*argv)
			command_line_put_word("", options->initrd);
		for (; *argv; argv++)
			command_line_put_word("", *argv);
	}
	options->command_line = command_line_end();
}
