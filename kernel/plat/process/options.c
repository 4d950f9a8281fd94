/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of the image: see USAGE. */
#include <uk/string.h>

#include "host.h"
#include "platform.h"

#define MEMORY_DEFAULT (128UL << 20)
#define MEMORY_MIN     (2UL << 20)

#define USAGE                                                                                      \
	"usage: elfloader_process-x86_64 [-i FILE] [OPTION]... [--] [ARGUMENT]...\n"               \
	"The arguments are the program's, its name first; without any, the file's name.\n"         \
	"  -i FILE        the program\n"                                                           \
	"  -m MIB         memory; without it 128\n"                                                \
	"  -k KIB         the same in KiB\n"                                                       \
	"  -p PARAMETERS  of the kernel (docs/reference/kernel-command-line.md)\n"                 \
	"  -r FD          where the report line goes\n"                                            \
	"  -c FD,FD       the channel's memory and its bell\n"                                     \
	"  -s TAG=FD      a shared folder and the socket of its server; repeatable\n"              \
	"  -n             a network namespace of its own\n"                                        \
	"  -l             list the host calls that the cage allows, and end\n"                     \
	"  -h             this text\n"

/* The kernel's command line is put together here; it grows by pages of the host. */
static char *line;
static size_t line_length, line_size;

static void put(char character)
{
	if (line_length == line_size) {
		char *larger = (char *)HOST(mmap, NULL, line_size + 65536,
					    HOST_PROT_READ | HOST_PROT_WRITE,
					    HOST_MAP_PRIVATE | HOST_MAP_ANONYMOUS, -1, 0);

		if ((long)larger < 0 && (long)larger > -4096)
			process_refuse("no memory for the command line");
		if (line) {
			memcpy(larger, line, line_length);
			HOST(munmap, line, line_size);
		}
		line = larger;
		line_size += 65536;
	}
	line[line_length++] = character;
}

static void put_text(const char *text)
{
	while (*text)
		put(*text++);
}

/* One word, quoted as lib/ukboot reads it. */
static void put_word(const char *word)
{
	put_text(" '");
	for (; *word; word++) {
		if (*word == '\'')
			put_text("'\\''");
		else
			put(*word);
	}
	put('\'');
}

static u64 number(const char *text, const char **end)
{
	u64 value;

	if (!text || uk_parse_u64(text, end, &value))
		process_refuse("an option needs a number");
	return value;
}

static void read_share(char *text, struct options *options)
{
	char *separator = strchr(text, '=');
	const char *end;
	unsigned int count = 0;

	while (count < SHARES_MAX && options->shares[count].tag)
		count++;
	if (!separator || count == SHARES_MAX)
		process_refuse("-s wants TAG=FD, and at most 8 of them");
	*separator = '\0';
	options->shares[count] = (struct share){text, (int)number(separator + 1, &end)};
}

/* One without a value. */
static bool read_flag(char letter, struct options *options)
{
	if (letter == 'n')
		options->no_network = true;
	if (letter == 'l')
		options->list = true;
	if (letter == 'h') {
		HOST(write, 1, USAGE, sizeof(USAGE) - 1);
		process_stop(0);
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
			process_refuse("an option has no value; see -h");
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
			put_text(argv[1]);
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
			process_refuse("unknown option; see -h");
		}
	}
	if (*argv && strcmp(*argv, "--") == 0)
		argv++;
	if (options->memory < MEMORY_MIN)
		process_refuse("-m is too small; the least is 2");
	/* Parameters may have named the program already. */
	if (*argv || (options->initrd && line_length == 0)) {
		put_text(" --");
		if (!*argv)
			put_word(options->initrd);
		for (; *argv; argv++)
			put_word(*argv);
	}
	put('\0');
	options->command_line = line;
}
