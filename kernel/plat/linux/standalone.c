/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A standalone file (`unishim build --standalone`): the image with one more segment, which contains
 * the program and the command line (src/unishim/elf/standalone.py). Arguments, environment and
 * terminals are then this process's own, as for any executable.
 */
#include <uk/bits/standalone_layout.h>
#include <uk/elf.h>
#include <uk/linux/file.h>
#include <uk/linux/terminal.h>
#include <uk/string.h>

#include "host.h"
#include "platform.h"

#define AT_PHNUM     5
#define AT_EXECFN    31
/* The largest table of program headers that is accepted; our own files have far fewer. */
#define SEGMENTS_MAX 16

_Static_assert(UK_STANDALONE_START > IMAGE_START && UK_STANDALONE_START < CHANNEL_START,
	       "the segment lies in the library OS's part of the address space");

/* The link is right even if the file was renamed; without /proc, use the name. */
static int open_own_file(const u64 *stack)
{
	const char *name = (const char *)linux_auxiliary(stack, AT_EXECFN);
	long file = HOST(open, "/proc/self/exe", HOST_O_RDONLY | HOST_O_CLOEXEC, 0);

	if (file < 0 && name)
		file = HOST(open, name, HOST_O_RDONLY | HOST_O_CLOEXEC, 0);
	if (file < 0)
		linux_refuse("the standalone file is not readable; make it so with: chmod +r FILE");
	return (int)file;
}

/* False: it has no segment of ours, so it is the plain image. */
static bool find_segment(int file, struct elf_segment *segment)
{
	struct elf_header header;
	struct elf_segment segments[SEGMENTS_MAX];
	size_t count;

	if (HOST(pread64, file, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.ident, ELF_MAGIC, 4) != 0 || header.phentsize != sizeof(*segment))
		linux_refuse("the standalone file is damaged: no ELF header");
	count = MIN(header.phnum, (u16)SEGMENTS_MAX);
	if (HOST(pread64, file, segments, count * sizeof(*segment), header.phoff) !=
	    (long)(count * sizeof(*segment)))
		linux_refuse("the standalone file is damaged: its program headers are truncated");
	for (size_t i = 0; i < count; i++) {
		if (segments[i].type == ELF_SEGMENT_LOAD &&
		    segments[i].vaddr == UK_STANDALONE_START) {
			*segment = segments[i];
			return true;
		}
	}
	return false;
}

/* The host has mapped the segment only as far as the file goes: an access past that would be a
 * SIGBUS. */
static const struct uk_standalone_payload *check_payload(int file,
							 const struct elf_segment *segment)
{
	const struct uk_standalone_payload *payload = (const void *)UK_STANDALONE_START;
	long size = HOST(lseek, file, 0, SEEK_END);
	u64 room;

	if (size < 0 || segment->offset > (u64)size ||
	    segment->filesz > (u64)size - segment->offset || segment->filesz < sizeof(*payload))
		linux_refuse("the standalone file is truncated; copy or build it again");
	if (payload->magic != UK_STANDALONE_MAGIC)
		linux_refuse("the standalone file is damaged: wrong magic number");
	if (payload->version != UK_STANDALONE_VERSION)
		linux_refuse("the standalone file has a different version; build it again");
	room = segment->filesz - sizeof(*payload);
	if (payload->size != segment->filesz || payload->texts_size == 0 ||
	    payload->texts_size > room || payload->initrd_size == 0 ||
	    payload->initrd_offset < sizeof(*payload) + payload->texts_size ||
	    payload->initrd_offset > segment->filesz ||
	    payload->initrd_size > segment->filesz - payload->initrd_offset ||
	    !IS_ALIGNED(segment->offset + payload->initrd_offset, UK_PAGE_SIZE) ||
	    payload->memory < MEMORY_MIN || payload->memory > MEMORY_MAX)
		linux_refuse("the standalone file is damaged: its sizes are invalid");
	return payload;
}

/* The strings after the header, one after the other. */
struct texts {
	const char *next, *end;
};

static const char *take_text(struct texts *texts)
{
	const char *text = texts->next;
	const char *end = memchr(text, '\0', (size_t)(texts->end - text));

	if (!end)
		linux_refuse("the standalone file is damaged: its texts are truncated");
	texts->next = end + 1;
	return text;
}

static bool is_same_name(const char *a, const char *b)
{
	for (; *a == *b && *a && *a != '='; a++, b++)
		;
	return *a == *b && *a == '=';
}

/* This process's environment, except for variables set with --env when the file was built; these
 * follow. */
static void put_environment(const u64 *stack, struct texts *texts, u32 count)
{
	char **variables = (char **)(stack + 1 + stack[0] + 1);
	struct texts given = *texts;

	for (u32 i = 0; i < count; i++)
		command_line_put_word("env=", take_text(texts));
	for (; *variables; variables++) {
		struct texts own = given;
		u32 i = 0;

		while (i < count && !is_same_name(take_text(&own), *variables))
			i++;
		if (i == count && **variables)
			command_line_put_word("env=", *variables);
	}
}

static void put_terminals(void)
{
	struct termios settings; /* ioctl_tty(2) */
	char text[64];
	unsigned int terminals = 0;
	long terminal = HOST(open, "/dev/tty", HOST_O_RDWR | HOST_O_NOCTTY, 0);

	if (terminal >= 0) {
		terminals = 1u << UKPLAT_TERMINAL;
		HOST(close, terminal);
	}
	for (unsigned int stream = 0; stream < 3; stream++) {
		if (HOST(ioctl, stream, TCGETS, &settings) == 0)
			terminals |= 1u << stream;
	}
	if (terminals) {
		uk_snprintf(text, sizeof(text), " tty=%u", terminals);
		command_line_put(text);
	}
}

bool standalone_read(const u64 *stack, struct options *options)
{
	const struct uk_standalone_payload *payload;
	struct elf_segment segment;
	struct texts texts;
	int file;

	if (linux_auxiliary(stack, AT_PHNUM) <= IMAGE_SEGMENTS)
		return false;
	file = open_own_file(stack);
	if (!find_segment(file, &segment)) {
		HOST(close, file);
		return false;
	}
	payload = check_payload(file, &segment);
	texts.next = (const char *)(payload + 1);
	texts.end = texts.next + payload->texts_size;
	command_line_put(take_text(&texts));
	put_environment(stack, &texts, payload->variables);
	put_terminals();
	command_line_put(" --");
	for (u32 i = 0; i < payload->arguments; i++)
		command_line_put_word("", take_text(&texts));
	for (u64 i = 1; i < stack[0]; i++)
		command_line_put_word("", (const char *)stack[1 + i]);
	options->standalone = file;
	options->initrd_offset = segment.offset + payload->initrd_offset;
	options->initrd_size = payload->initrd_size;
	options->memory = payload->memory;
	options->command_line = command_line_end();
	HOST(munmap, UK_STANDALONE_START, ALIGN_UP(segment.filesz, UK_PAGE_SIZE));
	return true;
}
