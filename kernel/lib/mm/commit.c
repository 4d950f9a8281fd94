/* SPDX-License-Identifier: BSD-3-Clause */
#include "commit.h"

/* Reserved for page tables and the kernel's own objects. */
#define RESERVE_PAGES 8
#define RESERVE_SHARE 128

bool mm_commit_wanted(const struct uk_vma *vma, u32 prot)
{
	return (prot & UK_PROT_WRITE) && !(vma->flags & (UK_VMA_NORESERVE | VMA_ACCOUNTED)) &&
	       !(vma->flags & UK_VMA_SHARED && vma->kind == UK_VMA_FILE);
}

bool mm_commit_allows(size_t length, size_t reusable)
{
	size_t free = uk_page_statistics().free + reusable;
	size_t reserve = MAX(RESERVE_PAGES, free / RESERVE_SHARE);

	return (length >> UK_PAGE_SHIFT) + reserve <= free;
}
