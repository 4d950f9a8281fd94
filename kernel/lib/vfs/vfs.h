/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef VFS_VFS_H
#define VFS_VFS_H

#include <uk/old_vfs.h>

/* A new file for one of the program's streams, or NULL when memory is short. */
struct uk_file *console_file(unsigned int stream, u32 flags);

#endif
