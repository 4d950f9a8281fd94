/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/vdso.h>

uintptr_t uk_vdso_base(void)
{
	return 0;
}
