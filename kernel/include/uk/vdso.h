/* SPDX-License-Identifier: BSD-3-Clause */
/* The shared object that the kernel maps into the program (vdso(7)). */
#ifndef UK_VDSO_H
#define UK_VDSO_H

#include <uk/essentials.h>

/* Where it is, 0 when there is none. */
uintptr_t uk_vdso_base(void);

#endif
