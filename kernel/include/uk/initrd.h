/* SPDX-License-Identifier: BSD-3-Clause */
/* The initial ramdisk: one program, or an archive that becomes the root. */
#ifndef UK_INITRD_H
#define UK_INITRD_H

#include <uk/essentials.h>

/* Whether the bytes begin like a newc archive (cpio(5)). */
bool uk_initrd_is_archive(const void *data, size_t size);

/*
 * Unpacks an archive into the root file system, which borrows the data of the files: the bytes must
 * stay where they are as long as the machine runs. Returns NULL, or a message about what is wrong
 * with the archive; *entry (terminated, cut to NAME_MAX bytes) is then the name of the entry in
 * question, or "".
 */
#define UK_INITRD_ENTRY_SIZE 256
const char *uk_initrd_unpack(const void *data, size_t size, char entry[UK_INITRD_ENTRY_SIZE]);

/* Creates the file `path` (absolute) from these bytes, with the directories above it: the program
 * that was the whole initial ramdisk. 0 or a negative errno. */
int uk_initrd_add_program(const char *path, const void *data, size_t size);

#endif
