/* SPDX-License-Identifier: BSD-3-Clause */
/* The pages behind the VMAs, based on the platform's page tables. Ranges are page-aligned. */
#ifndef MM_PAGES_H
#define MM_PAGES_H

#include <uk/mm.h>

/* Converts a VMA's protection and a page's properties (UK_PTE_*) to the protection of its page
 * table entry: on x86, memory that can be written or executed can be read. */
u32 mm_page_prot(u32 prot, u32 properties);

/* Maps absent pages to consecutive frames. 0 or -ENOMEM (nothing is mapped). */
int mm_pages_add(struct uk_mm *mm, uintptr_t address, uk_paddr_t frame, size_t count,
		 u32 page_prot);

/* Unmaps pages and puts their frames: all, or only those that belong to the source. */
void mm_pages_drop(struct uk_mm *mm, uintptr_t start, uintptr_t end, bool only_source);
void mm_pages_protect(struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot);
/* How many frames mm_pages_drop() would free. */
size_t mm_pages_owned(const struct uk_mm *mm, uintptr_t start, uintptr_t end);

/* Moves pages to an empty range; the ranges do not overlap. 0 or -ENOMEM (nothing has moved). */
int mm_pages_move(struct uk_mm *mm, uintptr_t from, uintptr_t to, size_t length);

#endif
