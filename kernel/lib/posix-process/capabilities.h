/* SPDX-License-Identifier: BSD-3-Clause */
/* The requests of prctl(2) for capabilities. */
#ifndef POSIX_PROCESS_CAPABILITIES_H
#define POSIX_PROCESS_CAPABILITIES_H

#include <uk/essentials.h>

#define PR_GET_KEEPCAPS	  7
#define PR_SET_KEEPCAPS	  8
#define PR_CAPBSET_READ	  23
#define PR_CAPBSET_DROP	  24
#define PR_GET_SECUREBITS 27
#define PR_SET_SECUREBITS 28
#define PR_CAP_AMBIENT	  47

/* False: not one of these operations. */
bool capabilities_control(int operation, const unsigned long arguments[4], int *result);

#endif
