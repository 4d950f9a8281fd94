/* SPDX-License-Identifier: BSD-3-Clause */
/* fork(2): a copy of an address space, whose pages are copied when they are written. */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "pages.h"
#include "vma.h"

/* Shares the pages of a VMA. 0 or -ENOMEM. */
static int share_pages(const struct uk_vma *vma, struct uk_mm *from, struct uk_mm *to)
{
	uintptr_t address = vma->start;
	struct uk_pte pte;
	size_t count;

	while ((count = ukplat_pages_find(from->space, &address, vma->end, &pte))) {
		u32 prot = pte.prot;

		if (!(vma->flags & UK_VMA_SHARED))
			prot = (prot & ~UK_PROT_WRITE) | UK_PTE_COPY;
		uk_page_get_run(pte.frame, count);
		if (mm_pages_add(to, address, pte.frame, count, prot)) {
			uk_page_put_run(pte.frame, count);
			return -ENOMEM;
		}
		if (prot != pte.prot)
			ukplat_pages_protect(from->space, address, count, prot);
		address += count << UK_PAGE_SHIFT;
	}
	return 0;
}

static int fork_vma(const struct uk_vma *vma, struct uk_mm *from, struct uk_mm *to)
{
	int error;

	if (vma->flags & VMA_FORK_LEAVE_OUT)
		return 0;
	error = vma_add(to, vma);
	return error || vma->flags & VMA_FORK_WIPE ? error : share_pages(vma, from, to);
}

struct uk_mm *uk_mm_fork(struct uk_mm *mm)
{
	struct uk_mm *copy = uk_mm_create();
	int error = copy ? 0 : -ENOMEM;

	if (error)
		return NULL;
	copy->mmap_top = mm->mmap_top;
	copy->heap_start = mm->heap_start;
	copy->heap_break = mm->heap_break;
	for (struct vma_node *node = vma_tree_from(mm, 0); node && !error;
	     node = vma_tree_from(mm, node->vma.end))
		error = fork_vma(&node->vma, mm, copy);
	if (!error)
		error = ukplat_space_fork(mm->space, copy->space);
	if (!error)
		return copy;
	uk_mm_put(copy);
	return NULL;
}

static u32 changed_flags(u32 flags, enum uk_mm_fork what)
{
	switch (what) {
	case UK_MM_FORK_LEAVE_OUT:
		return flags | VMA_FORK_LEAVE_OUT;
	case UK_MM_FORK_TAKE:
		return flags & ~VMA_FORK_LEAVE_OUT;
	case UK_MM_FORK_WIPE:
		return flags | VMA_FORK_WIPE;
	default:
		return flags & ~VMA_FORK_WIPE;
	}
}

int uk_mm_set_fork(struct uk_mm *mm, uintptr_t address, size_t length, enum uk_mm_fork what)
{
	uintptr_t end = address + ALIGN_UP(length, UK_PAGE_SIZE);
	int error = 0;

	while (address < end && !error) {
		struct vma_node *node = vma_tree_from(mm, address);
		u32 flags;

		if (!node || node->vma.start >= end || node->vma.kind == UK_VMA_GUARD)
			return -ENOMEM;
		/* As Linux's madvise_walk_vmas(): goes on after a hole, then reports it. */
		if (node->vma.start > address)
			return uk_mm_set_fork(mm, node->vma.start, end - node->vma.start, what)
				       ?: -ENOMEM;
		if (what == UK_MM_FORK_WIPE &&
		    (node->vma.flags & UK_VMA_SHARED || node->vma.source.file))
			return -EINVAL;
		flags = changed_flags(node->vma.flags, what);
		if (flags != node->vma.flags) {
			error = vma_split(mm, address);
			if (!error)
				error = vma_split(mm, end);
			if (error)
				return error;
			node = vma_find(mm, address);
			node->vma.flags = flags;
		}
		address = node->vma.end;
		vma_join(mm, node->vma.start);
	}
	vma_join(mm, end);
	return error;
}
