/* SPDX-License-Identifier: BSD-3-Clause */
/* Declarations shared by the files that create and remove mappings. */
#ifndef MM_MAP_H
#define MM_MAP_H

#include <uk/mm.h>

/* Finds a place for length bytes (page-aligned, not 0) according to uk_mm_map() and its flags,
 * without changing anything. 0, -EINVAL, -ENOMEM, -EPERM, -EEXIST. */
int mm_place(const struct uk_mm *mm, uintptr_t address, size_t length, u32 flags,
	     uintptr_t *result);

/* Removes VMAs and pages of [start, end). 0 or -ENOMEM, like vma_clear(). */
int mm_clear(struct uk_mm *mm, uintptr_t start, uintptr_t end);

#endif
