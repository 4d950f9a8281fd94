/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs the constructors (uk/init.h) of the files that a hosted test is built with, in link
 * order. */
#ifndef TESTS_INIT_H
#define TESTS_INIT_H

#include "check.h"

#include <uk/init.h>

/* The linker defines these for a section whose name is an identifier (ld(1)). */
extern const uk_init_function __start_uk_inittab[], __stop_uk_inittab[];

static inline void run_constructors(void)
{
	for (const uk_init_function *function = __start_uk_inittab; function < __stop_uk_inittab;
	     function++)
		CHECK((*function)() == 0);
}

#endif
