/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading whole files, without allocations that would change them, and searching them. */
#ifndef READ_TEXT_H
#define READ_TEXT_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char data[8 << 20]; /* of the file read last, terminated */
static size_t length;

/* In pieces of size bytes. */
static bool read_pieces(const char *path, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t got = -1;

	length = 0;
	while (fd >= 0 && length + size < sizeof(data) && (got = read(fd, data + length, size)) > 0)
		length += (size_t)got;
	data[length] = '\0';
	if (fd >= 0)
		close(fd);
	return got == 0;
}

static bool read_file(const char *path)
{
	return read_pieces(path, 4096);
}

static void check(const char *what, bool is)
{
	printf("%s: %s\n", what, is ? "yes" : "no");
}

/* The text after name and a space at the beginning of a line; "" without such a line.
 */
static const char *field(const char *name)
{
	for (const char *line = data; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, strlen(name)) == 0)
			return line + strlen(name) + strspn(line + strlen(name), " \t:");
	}
	return "";
}

#endif
