/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files that make and remove mappings share. */
#ifndef MM_MAP_H
#define MM_MAP_H

#include <uk/mm.h>

/* Finds a place for length bytes (page-aligned, not 0) as uk_mm_map() and its flags say, and
 * changes nothing. 0, -EINVAL, -ENOMEM, -EPERM, -EEXIST. */
int mm_place(const struct uk_mm *mm, uintptr_t address, size_t length, u32 flags,
	     uintptr_t *result);

/* Removes VMAs and pages of [start, end). 0 or -ENOMEM, as vma_clear(). */
int mm_clear(struct uk_mm *mm, uintptr_t start, uintptr_t end);

#endif
