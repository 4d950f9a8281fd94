/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts about the one process. */
#ifndef UK_PROCESS_H
#define UK_PROCESS_H

#define UK_PROCESS_ID 1

/* What /proc/self/exe points to. The string is kept, not copied. */
void uk_process_set_executable(const char *path);
const char *uk_process_executable(void);

#endif
