/* SPDX-License-Identifier: BSD-3-Clause */
/* The report line: the fields that all platforms share. */
#ifndef PLAT_COMMON_REPORT_H
#define PLAT_COMMON_REPORT_H

#include <uk/plat.h>

extern const u64 boot_tsc; /* assembly: the TSC at the kernel's first instruction */

#define REPORT_MAX 704 /* bytes of the whole line */

/* Writes its fields into line, without the closing brace. Returns their length. */
int report_put(char line[REPORT_MAX], const struct uk_exit_report *exit);

#endif
