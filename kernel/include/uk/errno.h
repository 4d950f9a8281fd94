/* SPDX-License-Identifier: BSD-3-Clause */
/* Error numbers: generated from the one table; in a hosted build, the host's, which are the
 * same. */
#ifndef UK_ERRNO_H
#define UK_ERRNO_H

#if __STDC_HOSTED__
#include <errno.h>
#else
#include <uk/bits/errno_values.h>
#endif

#endif
