/* SPDX-License-Identifier: BSD-3-Clause */
/* The shared object that the kernel maps into the program (vdso(7)). */
#ifndef UK_VDSO_H
#define UK_VDSO_H

#include <uk/bits/config.h>
#include <uk/essentials.h>

#ifdef CONFIG_LIBVDSO
/* Maps it. Returns its address for AT_SYSINFO_EHDR, or 0 if memory is short. */
uintptr_t uk_vdso_map(void);
#else
static inline uintptr_t uk_vdso_map(void)
{
	return 0;
}
#endif

#endif
