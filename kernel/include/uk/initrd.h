/* SPDX-License-Identifier: BSD-3-Clause */
/* The initial ramdisk: one program, or an archive that becomes the root. */
#ifndef UK_INITRD_H
#define UK_INITRD_H

#include <uk/essentials.h>

/* Whether the bytes begin as a newc archive does (cpio(5)). */
bool uk_initrd_is_archive(const void *data, size_t size);

/*
 * Unpacks an archive into the root file system, which borrows the data of the files: the bytes stay
 * where they are for as long as the machine runs. NULL, or what is wrong with it, for a message;
 * *entry (terminated, NAME_MAX bytes at most are kept) is then the name it was found at, or "".
 */
#define UK_INITRD_ENTRY_SIZE 256
const char *uk_initrd_unpack(const void *data, size_t size, char entry[UK_INITRD_ENTRY_SIZE]);

/* Makes the file `path` (absolute) of these bytes, with the folders above it: the program that was
 * the whole initial ramdisk. 0 or a negative errno. */
int uk_initrd_add_program(const char *path, const void *data, size_t size);

#endif
