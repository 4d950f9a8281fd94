/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files of this library. */
#ifndef CRASH_CRASH_H
#define CRASH_CRASH_H

#include <uk/types.h>

/* code.c: prints the bytes around an instruction and stores them in uk_crash_code. */
void crash_print_code(u64 address);

#endif
