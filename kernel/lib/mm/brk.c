/* SPDX-License-Identifier: BSD-3-Clause */
/* brk(2). The heap's VMA holds the pages of [start, break). */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "commit.h"
#include "map.h"

static uintptr_t heap_start, heap_break;

void uk_mm_brk_init(uintptr_t start)
{
	heap_start = heap_break = start;
}

static int grow(uintptr_t start, uintptr_t end)
{
	const struct uk_vma vma = {
		.start = start,
		.end = end,
		.prot = UK_PROT_READ | UK_PROT_WRITE,
		.flags = VMA_ACCOUNTED,
		.kind = UK_VMA_HEAP,
	};

	if (vma_overlaps(start, end) || !mm_commit_allows(end - start, 0))
		return -ENOMEM;
	return vma_add(&vma);
}

uintptr_t uk_mm_brk(uintptr_t new_break)
{
	uintptr_t old_end = ALIGN_UP(heap_break, UK_PAGE_SIZE);
	uintptr_t new_end = ALIGN_UP(new_break, UK_PAGE_SIZE);
	int result = 0;

	if (new_break < heap_start || new_break > UK_GUEST_END)
		return heap_break;
	if (new_end > old_end)
		result = grow(old_end, new_end);
	else if (new_end < old_end)
		result = mm_clear(new_end, old_end);
	if (result == 0)
		heap_break = new_break;
	return heap_break;
}
