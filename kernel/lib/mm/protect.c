/* SPDX-License-Identifier: BSD-3-Clause */
/* mprotect(2), and the part of madvise(2) that frees pages. */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "commit.h"
#include "pages.h"

/* Computes the page-aligned end of a range in the guest's half. 0, -EINVAL or -ENOMEM. */
static int range_end(uintptr_t start, size_t length, uintptr_t *end)
{
	if (!IS_ALIGNED(start, UK_PAGE_SIZE))
		return -EINVAL;
	if (length > UK_GUEST_END || start > UK_GUEST_END - length)
		return -ENOMEM;
	*end = start + ALIGN_UP(length, UK_PAGE_SIZE);
	return 0;
}

/* Bytes of [start, end) that become writable and were not counted before. */
static size_t newly_writable(const struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot)
{
	size_t length = 0;

	for_each_vma (mm, node, start, end) {
		if (mm_commit_wanted(&node->vma, prot))
			length += MIN(end, node->vma.end) - MAX(start, node->vma.start);
	}
	return length;
}

/* mprotect(2), EACCES: protections that mmap(2) would have refused too. */
static bool may_have(const struct uk_vma *vma, u32 prot)
{
	const struct uk_file *file = vma->source.file;

	if (!file)
		return true;
	if (prot & UK_PROT_WRITE && vma->flags & UK_VMA_SHARED &&
	    (!(file->mode & UK_FILE_WRITE) ||
	     file->vnode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)))
		return false;
	return !(prot & UK_PROT_EXEC && file->path.mount && file->path.mount->flags & MS_NOEXEC);
}

/* [start, end) is inside one VMA. */
static int protect_part(struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot)
{
	struct vma_node *node;
	int result = vma_split(mm, start);

	if (result == 0)
		result = vma_split(mm, end);
	if (result)
		return result;
	node = vma_find(mm, start);
	if (mm_commit_wanted(&node->vma, prot))
		node->vma.flags |= VMA_ACCOUNTED;
	node->vma.prot = prot;
	mm_pages_protect(mm, start, end, prot);
	vma_join(mm, start);
	return 0;
}

int uk_mm_protect(struct uk_mm *mm, uintptr_t address, size_t length, u32 prot)
{
	const struct vma_node *node;
	uintptr_t end;
	int result = range_end(address, length, &end);

	if (result)
		return result;
	length = newly_writable(mm, address, end, prot);
	if (length && !mm_commit_allows(length, 0))
		return -ENOMEM;
	while (address < end) {
		uintptr_t part_end;

		/* Linux has also changed what precedes a hole. */
		node = vma_find(mm, address);
		if (!node)
			return -ENOMEM;
		part_end = MIN(end, node->vma.end);
		if (node->vma.prot != prot) {
			if (!may_have(&node->vma, prot))
				return -EACCES;
			result = protect_part(mm, address, part_end, prot);
			if (result)
				return result;
		}
		address = part_end;
	}
	vma_join(mm, end);
	return 0;
}

int uk_mm_discard(struct uk_mm *mm, uintptr_t address, size_t length)
{
	uintptr_t end;
	int result = range_end(address, length, &end);

	if (result)
		return result;
	for_each_vma (mm, node, address, end) {
		if (node->vma.kind == UK_VMA_GUARD)
			continue;
		if (node->vma.start > address)
			result = -ENOMEM;
		/* The contents of shared memory outlive its mappings. */
		if (!(node->vma.flags & UK_VMA_SHARED))
			mm_pages_drop(mm, MAX(address, node->vma.start), MIN(end, node->vma.end),
				      false);
		address = MIN(end, node->vma.end);
	}
	return address < end ? -ENOMEM : result;
}
