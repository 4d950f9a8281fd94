/* SPDX-License-Identifier: BSD-3-Clause */
/* What the report lines of the platforms have in common. */
#ifndef PLAT_COMMON_EXIT_REPORT_H
#define PLAT_COMMON_EXIT_REPORT_H

#include <uk/plat.h>

#define EXIT_REPORT_CODE_SIZE 256 /* bytes */

/* The member "code" of the report line with a comma before it, or "". */
const char *exit_report_code(const struct uk_exit_report *exit, char buffer[EXIT_REPORT_CODE_SIZE]);

#endif
