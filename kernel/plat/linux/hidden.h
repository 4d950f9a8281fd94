/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything is in one image: addresses are computed directly, not read from a table (-fpie). */
#ifndef __ASSEMBLY__
#pragma GCC visibility push(hidden)
#endif
