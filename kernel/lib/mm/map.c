/* SPDX-License-Identifier: BSD-3-Clause */
/* mmap(2), munmap(2), and finding VMAs. */
#include <uk/debugger.h>
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "commit.h"
#include "fault.h"
#include "map.h"
#include "pages.h"
#include "source.h"

/* Bytes of a file that are mapped before they are accessed. */
#define AT_ONCE (UK_FAULT_AROUND * UK_PAGE_SIZE)
#define LOW_END 0x80000000UL /* mmap(2), MAP_32BIT: the first 2 GiB */

void uk_mm_set_mmap_top(struct uk_mm *mm, uintptr_t top)
{
	mm->mmap_top = top;
}

const struct uk_vma *uk_mm_next(const struct uk_mm *mm, uintptr_t address)
{
	const struct vma_node *node = vma_tree_from(mm, address);

	return node ? &node->vma : NULL;
}

const struct uk_vma *uk_mm_find(const struct uk_mm *mm, uintptr_t address)
{
	const struct uk_vma *vma = uk_mm_next(mm, address);

	return vma && vma->start <= address ? vma : NULL;
}

static int place_fixed(const struct uk_mm *mm, uintptr_t address, size_t length, u32 flags)
{
	if (address > UK_GUEST_END - length)
		return -ENOMEM;
	if (!IS_ALIGNED(address, UK_PAGE_SIZE))
		return -EINVAL;
	if (address < UK_MM_LOWEST)
		return -EPERM;
	if ((flags & UK_VMA_NOREPLACE) && vma_overlaps(mm, address, address + length))
		return -EEXIST;
	return 0;
}

int mm_place(const struct uk_mm *mm, uintptr_t address, size_t length, u32 flags, uintptr_t *result)
{
	uintptr_t end = flags & UK_VMA_BELOW_4G ? LOW_END : UK_GUEST_END;
	uintptr_t hint = ALIGN_UP(address, UK_PAGE_SIZE); /* 0 if it wraps around */

	if (length > end)
		return -ENOMEM;
	if (flags & (UK_VMA_FIXED | UK_VMA_NOREPLACE)) {
		*result = address;
		return place_fixed(mm, address, length, flags);
	}
	if (hint)
		hint = MAX(hint, UK_MM_LOWEST);
	if (hint && hint <= end - length && !vma_overlaps(mm, hint, hint + length)) {
		*result = hint;
		return 0;
	}
	*result = vma_tree_find_gap(mm, length, UK_MM_LOWEST, MIN(mm->mmap_top, end));
	if (!*result)
		*result = vma_tree_find_gap(mm, length, UK_MM_LOWEST, end);
	return *result ? 0 : -ENOMEM;
}

int mm_clear(struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	int result = vma_clear(mm, start, end);

	if (result == 0)
		mm_pages_drop(mm, start, end, false);
	return result;
}

/* Maps the pages now, as far as memory allows: mmap(2) does not fail if MAP_POPULATE does. */
static void populate(struct uk_mm *mm, uintptr_t start, uintptr_t end, u32 prot)
{
	u32 access = prot & UK_PROT_WRITE ? UK_PROT_WRITE : UK_PROT_READ;

	if (prot == UK_PROT_NONE)
		return;
	for (; start < end && mm_commit_allows(UK_PAGE_SIZE, 0); start += UK_PAGE_SIZE) {
		if (mm_fault(mm, start, access, (end - start) >> UK_PAGE_SHIFT))
			return;
	}
}

int uk_mm_map(struct uk_mm *mm, uintptr_t address, size_t length, u32 prot, u32 flags,
	      enum uk_vma_kind kind, const struct uk_mm_source *source, uintptr_t *result)
{
	struct uk_vma vma = {
		.prot = prot,
		.flags = flags & (UK_VMA_SHARED | UK_VMA_NORESERVE),
		.kind = kind,
	};
	int error;

	if (length == 0)
		return -EINVAL;
	if (length > UK_GUEST_END)
		return -ENOMEM;
	length = ALIGN_UP(length, UK_PAGE_SIZE);
	error = mm_place(mm, address, length, flags, &vma.start);
	if (error)
		return error;
	vma.end = vma.start + length;
	if (source)
		vma.source = vma_source_from(source, 0);
	if (mm_commit_wanted(&vma, prot)) {
		/* The pages that will be replaced are only counted if that makes a difference. */
		if (!mm_commit_allows(length, 0) &&
		    !mm_commit_allows(length, mm_pages_owned(mm, vma.start, vma.end)))
			return -ENOMEM;
		vma.flags |= VMA_ACCOUNTED;
	}
	if (flags & UK_VMA_FIXED) {
		error = mm_clear(mm, vma.start, vma.end);
		if (error)
			return error;
	}
	error = vma_add(mm, &vma);
	if (error)
		return error;
	if (flags & UK_VMA_POPULATE || (uk_debugger && prot & UK_PROT_EXEC))
		populate(mm, vma.start, vma.end, prot);
	else if (source && source->file && length <= AT_ONCE && prot & UK_PROT_READ &&
		 !(prot & UK_PROT_WRITE) && mm_source_is_resident(&vma, vma.start))
		/* it will fault anyway, at a higher cost */
		uk_mm_fault(mm, vma.start, UK_PROT_READ);
	*result = vma.start;
	return 0;
}

int uk_mm_unmap(struct uk_mm *mm, uintptr_t address, size_t length)
{
	if (!IS_ALIGNED(address, UK_PAGE_SIZE) || length == 0 || length > UK_TASK_SIZE ||
	    address > UK_TASK_SIZE - length)
		return -EINVAL;
	if (address >= UK_GUEST_END)
		return 0;
	return mm_clear(mm, address, MIN(address + ALIGN_UP(length, UK_PAGE_SIZE), UK_GUEST_END));
}
