/* SPDX-License-Identifier: BSD-3-Clause */
/* A libc-style function for each call that nothing provides, so that code that refers to it
 * links. */
#include <uk/bits/syscall_stubs.h>
