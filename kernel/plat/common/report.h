/* SPDX-License-Identifier: BSD-3-Clause */
/* The report line, as far as all platforms tell the same. */
#ifndef PLAT_COMMON_REPORT_H
#define PLAT_COMMON_REPORT_H

#include <uk/plat.h>

extern const u64 boot_tsc; /* assembly: the TSC at the kernel's first instruction */

#define REPORT_MAX 704 /* bytes of the whole line */

/* Puts its fields into line, without the brace that closes it; their length. */
int report_put(char line[REPORT_MAX], const struct uk_exit_report *exit);

#endif
