/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef POSIX_FDTAB_FDTAB_H
#define POSIX_FDTAB_FDTAB_H

#include <uk/vfs.h>

/* Puts a file at the lowest free descriptor from lowest on, and takes over the reference; NULL:
 * -EBADF. */
int fdtab_install(struct uk_file *file, int lowest, bool close_on_exec);

/* The operations F_GETLK to F_OFD_SETLKW of fcntl(2). */
long fdtab_record_lock(struct uk_file *file, unsigned int operation, struct flock __user *user);

#endif
