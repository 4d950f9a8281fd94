/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include <uk/mm.h>

/* Like uk_mm_fault(), for a caller that will touch `ahead` pages from address on. */
int mm_fault(struct uk_mm *mm, uintptr_t address, u32 access, size_t ahead);

#endif
