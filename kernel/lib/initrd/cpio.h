/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a newc archive: cpio(5), and Linux's buffer-format.rst. The contents of files are not
 * touched. */
#ifndef INITRD_CPIO_H
#define INITRD_CPIO_H

#include <uk/essentials.h>

struct cpio_entry {
	/* not terminated; relative, without ".."; length 0 for the root; valid until the next entry
	 */
	const char *name;
	u32 name_length;
	u32 inode, mode, uid, gid, links, modified; /* as in the header */
	u32 device_major, device_minor;		    /* the original device, for hard links */
	u32 rdev_major, rdev_minor;
	const char *data; /* valid as long as the archive */
	const char *text; /* the same bytes, but valid only until the next entry */
	u32 size;
};

#define CPIO_WINDOW_SIZE 4352 /* a header with the longest name */

struct cpio {
	const char *data;
	size_t size, offset;
	const char *problem; /* with the last entry, or NULL */
	/* NULL, or copies bytes of the archive, so that the pages with its headers need not become
	 * resident. False: the bytes must be read at data. */
	bool (*read)(void *buffer, size_t size, size_t offset);
	size_t window_start, window_size; /* what the window holds */
	char window[CPIO_WINDOW_SIZE];
};

bool cpio_is_archive(const void *data, size_t size);
/* Reads the next entry: 1; 0 at the end; -1: problem is set, and entry->name is the name as far as
 * it is known (NULL, or name_length bytes). */
int cpio_next(struct cpio *cpio, struct cpio_entry *entry);

#endif
