/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/errno.h>
#include <uk/linux/file.h>

#include "pages.h"
#include "source.h"
#include "vma.h"

static u64 page_index(const struct uk_vma *vma, uintptr_t address)
{
	return (vma->source.offset + (address - vma->start)) >> UK_PAGE_SHIFT;
}

bool mm_source_has(const struct uk_vma *vma, uintptr_t address)
{
	return vma->source.file || (vma->source.frames && address - vma->start < vma->source.size);
}

bool mm_source_is_resident(const struct uk_vma *vma, uintptr_t address)
{
	struct uk_vnode *vnode;
	u64 index;

	if (!vma->source.file)
		return mm_source_has(vma, address);
	vnode = vma->source.file->vnode;
	index = page_index(vma, address);
	if (vnode->operations->resident)
		return vnode->operations->resident(vnode, index);
	return index < (vnode->size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;
}

int mm_source_page(const struct uk_vma *vma, uintptr_t address, bool for_write, uk_paddr_t *frame)
{
	struct uk_vnode *vnode;

	if (!vma->source.file) {
		*frame = vma->source.frames + (address - vma->start);
		uk_page_get(*frame);
		return 0;
	}
	vnode = vma->source.file->vnode;
	return vnode->operations->page(vnode, page_index(vma, address), for_write, frame);
}

bool uk_mm_is_resident(const struct uk_mm *mm, uintptr_t address)
{
	const struct uk_vma *vma = uk_mm_find(mm, address);

	address = ALIGN_DOWN(address, UK_PAGE_SIZE);
	return ukplat_page_query(mm->space, address, NULL).present ||
	       (vma && vma->source.file && mm_source_is_resident(vma, address));
}

void mm_unmap_vnode(struct uk_vnode *vnode, u64 first, u64 end)
{
	for (const struct vma_node *node = vnode->mappings; node; node = node->next_mapping) {
		const struct uk_vma *vma = &node->vma;
		/* Pages of the file that the VMA shows. */
		u64 from = page_index(vma, vma->start);
		u64 to = page_index(vma, vma->end);

		if (MAX(first, from) >= MIN(end, to))
			continue;
		mm_pages_drop(node->mm, vma->start + ((MAX(first, from) - from) << UK_PAGE_SHIFT),
			      vma->start + ((MIN(end, to) - from) << UK_PAGE_SHIFT),
			      !(vma->flags & UK_VMA_SHARED) && end != UINT64_MAX);
	}
}
