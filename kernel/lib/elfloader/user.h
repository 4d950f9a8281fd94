/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ELFLOADER_USER_H
#define ELFLOADER_USER_H

/*
 * Makes the current process, which is root, another user's: wanted is USER[:GROUP], each a number
 * or a name, and is changed. Without GROUP, the groups are those of the guest's files, or 0 for a
 * user that has no entry. Returns NULL, or why it is not possible.
 */
const char *user_change(char *wanted);

#endif
