/* SPDX-License-Identifier: BSD-3-Clause */
/* Copying from file to file. */
#include <uk/alloc.h>
#include <uk/errno.h>

#include "vfs.h"

#define PART_SIZE 65536 /* bytes moved at a time */

ssize_t uk_file_copy(struct uk_file *in, s64 *from, struct uk_file *out, s64 *to, size_t length)
{
	size_t size = MIN(length, (size_t)PART_SIZE), done = 0;
	ssize_t got = 0, put;
	char *memory;

	if (!to && out->operations->splice)
		return out->operations->splice(out, in, from, length);
	memory = uk_malloc(size);
	if (!memory)
		return -ENOMEM;
	while (done < length) {
		got = uk_file_read_at(in, memory, MIN(size, length - done), *from);
		if (got <= 0)
			break;
		put = to ? uk_file_write_at(out, memory, (size_t)got, *to)
			 : uk_file_write(out, memory, (size_t)got);
		if (put < 0) {
			got = put;
			break;
		}
		done += (size_t)put;
		*from += put;
		if (to)
			*to += put;
		if (put < got)
			break;
	}
	uk_free(memory);
	return done ? (ssize_t)done : MIN(got, (ssize_t)0);
}
