/* SPDX-License-Identifier: BSD-3-Clause */
/* brk(2). The heap's VMA holds the pages of [start, break). */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "commit.h"
#include "map.h"

void uk_mm_brk_init(struct uk_mm *mm, uintptr_t start)
{
	mm->heap_start = mm->heap_break = start;
}

static int grow(struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	const struct uk_vma vma = {
		.start = start,
		.end = end,
		.prot = UK_PROT_READ | UK_PROT_WRITE,
		.flags = VMA_ACCOUNTED,
		.kind = UK_VMA_HEAP,
	};

	if (vma_overlaps(mm, start, end) || !mm_commit_allows(end - start, 0))
		return -ENOMEM;
	return vma_add(mm, &vma);
}

uintptr_t uk_mm_brk(struct uk_mm *mm, uintptr_t new_break)
{
	uintptr_t old_end = ALIGN_UP(mm->heap_break, UK_PAGE_SIZE);
	uintptr_t new_end = ALIGN_UP(new_break, UK_PAGE_SIZE);
	int result = 0;

	if (new_break < mm->heap_start || new_break > UK_GUEST_END)
		return mm->heap_break;
	if (new_end > old_end)
		result = grow(mm, old_end, new_end);
	else if (new_end < old_end)
		result = mm_clear(mm, new_end, old_end);
	if (result == 0)
		mm->heap_break = new_break;
	return mm->heap_break;
}
