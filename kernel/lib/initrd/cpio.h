/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads a newc archive: cpio(5), and Linux's buffer-format.rst. Nothing is copied. */
#ifndef INITRD_CPIO_H
#define INITRD_CPIO_H

#include <uk/essentials.h>

struct cpio_entry {
	const char *name; /* not terminated; relative, without ".."; length 0 for the root */
	u32 name_length;
	u32 inode, mode, uid, gid, links, modified; /* as in the header */
	u32 device_major, device_minor;		    /* the original device, for hard links */
	u32 rdev_major, rdev_minor;
	const char *data;
	u32 size;
};

struct cpio {
	const char *data;
	size_t size, offset;
	const char *problem; /* with the last entry, or NULL */
};

bool cpio_is_archive(const void *data, size_t size);
/* Reads the next entry: 1; 0 at the end; -1: problem is set, and entry->name is the name as far as
 * it is known (NULL, or name_length bytes). */
int cpio_next(struct cpio *cpio, struct cpio_entry *entry);

#endif
