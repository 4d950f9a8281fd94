/* SPDX-License-Identifier: BSD-3-Clause */
/* The operations of madvise(2) that work on ranges. */
#include <uk/errno.h>
#include <uk/file.h>

#include "fault.h"

bool uk_mm_is_mapped(const struct uk_mm *mm, uintptr_t address, size_t length)
{
	uintptr_t end = address + length;

	while (address < end) {
		const struct uk_vma *vma = uk_mm_find(mm, address);

		if (!vma)
			return false;
		address = vma->end;
	}
	return true;
}

int uk_mm_populate(struct uk_mm *mm, uintptr_t address, size_t length, u32 access)
{
	uintptr_t end = address + ALIGN_UP(length, UK_PAGE_SIZE);
	int error = 0;

	for (; !error && address < end; address += UK_PAGE_SIZE)
		error = mm_fault(mm, address, access, (end - address) >> UK_PAGE_SHIFT);
	if (error == -EACCES)
		return -EINVAL;
	if (error == -EFAULT)
		return -ENOMEM;
	return error && error != -ENOMEM ? -EFAULT : error;
}

/* As Linux's madvise_remove(). */
int uk_mm_punch(struct uk_mm *mm, uintptr_t address, size_t length)
{
	uintptr_t end = address + length;

	while (address < end) {
		const struct uk_vma *vma = uk_mm_find(mm, address);
		uintptr_t part_end;
		struct uk_file *file;
		int error;

		if (!vma)
			return -ENOMEM;
		file = vma->source.file;
		if (!file || !(vma->flags & UK_VMA_SHARED))
			return -EINVAL;
		if (!(file->mode & UK_FILE_WRITE))
			return -EACCES;
		if (!file->vnode->operations->allocate)
			return -EOPNOTSUPP;
		part_end = MIN(end, vma->end);
		error = file->vnode->operations->allocate(
			file->vnode, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			(s64)(vma->source.offset + (address - vma->start)),
			(s64)(part_end - address));
		if (error)
			return error;
		address = part_end;
	}
	return 0;
}
