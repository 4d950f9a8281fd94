/* SPDX-License-Identifier: BSD-3-Clause */
/* The address space's operations: mmap(2) and its relatives, on VMAs. */
#include <uk/errno.h>
#include <uk/linux/mman.h>
#include <uk/uaccess.h>

#include "mm.h"
#include "vma.h"

static uintptr_t map_top;
static uintptr_t heap_start, heap_break;

void uk_mm_init(uintptr_t mmap_top)
{
	map_top = mmap_top;
}

const struct uk_vma *uk_mm_next(uintptr_t address)
{
	size_t index = vma_index(address);

	return index < vma_count() ? vma_at(index) : NULL;
}

const struct uk_vma *uk_mm_find(uintptr_t address)
{
	const struct uk_vma *vma = uk_mm_next(address);

	return vma && vma->start <= address ? vma : NULL;
}

int mm_range_end(uintptr_t address, size_t length, uintptr_t *end)
{
	if (!IS_ALIGNED(address, UK_PAGE_SIZE))
		return -EINVAL;
	if (address > UK_GUEST_END || length > UK_GUEST_END - address)
		return -ENOMEM;
	*end = address + ALIGN_UP(length, UK_PAGE_SIZE);
	return 0;
}

int uk_mm_unmap(uintptr_t address, size_t length)
{
	uintptr_t end;

	/* munmap(2) has one error for all of these. */
	if (length == 0 || mm_range_end(address, length, &end))
		return -EINVAL;
	if (vma_range_is_free(address, end))
		return 0;
	if (vma_split(address) || vma_split(end))
		return -ENOMEM;
	mm_free_pages(address, end);
	vma_remove(vma_index(address), vma_index(end - 1) +
					       (uk_mm_find(end - 1) != NULL));
	return 0;
}

static bool needs_promise(u32 prot, u32 flags)
{
	return prot & UK_PROT_WRITE && !(flags & UK_VMA_NORESERVE);
}

/* Where an unfixed mapping goes: at the hint when that is free, else as high as possible. */
static uintptr_t choose_address(uintptr_t hint, size_t length, u32 flags)
{
	uintptr_t top = flags & UK_VMA_BELOW_4G ? MIN(map_top, MM_BELOW_2G) : map_top;
	uintptr_t end;

	hint = ALIGN_DOWN(hint, UK_PAGE_SIZE);
	if (hint >= MM_ADDRESS_MIN && !mm_range_end(hint, length, &end) &&
	    vma_range_is_free(hint, end) && (!(flags & UK_VMA_BELOW_4G) || end <= top))
		return hint;
	return vma_find_gap(length, top);
}

static int populate(uintptr_t start, uintptr_t end, u32 prot)
{
	u32 access = prot & UK_PROT_WRITE ? UK_PROT_WRITE : UK_PROT_READ;

	for (uintptr_t page = start; prot && page < end; page += UK_PAGE_SIZE) {
		if (uk_mm_fault(page, access))
			break; /* mmap(2): MAP_POPULATE does not fail the call */
	}
	return 0;
}

int uk_mm_map(uintptr_t address, size_t length, u32 prot, u32 flags, enum uk_vma_kind kind,
	      const struct uk_mm_source *source, uintptr_t *result)
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
	if (flags & (UK_VMA_FIXED | UK_VMA_NOREPLACE)) {
		error = mm_range_end(address, length, &vma.end);
		if (error)
			return error;
		if (address < MM_ADDRESS_MIN)
			return -EPERM;
		if (flags & UK_VMA_NOREPLACE && !vma_range_is_free(address, vma.end))
			return -EEXIST;
	} else {
		address = choose_address(address, length, flags);
		if (!address)
			return -ENOMEM;
		vma.end = address + length;
	}
	if (needs_promise(prot, flags) && !mm_may_promise(length))
		return -ENOMEM;
	vma.start = address;
	if (source)
		vma.source = *source;
	error = uk_mm_unmap(address, length);
	if (!error)
		error = vma_insert(&vma);
	if (error)
		return error;
	if (flags & UK_VMA_POPULATE)
		populate(address, vma.end, prot);
	if (result)
		*result = address;
	return 0;
}

/* Bytes of [start, end) from start on that are mapped without a hole. */
static uintptr_t mapped_until(uintptr_t start, uintptr_t end)
{
	size_t index = vma_index(start);
	uintptr_t reached = start;

	for (; index < vma_count() && reached < end; index++) {
		if (vma_at(index)->start > reached)
			break;
		reached = vma_at(index)->end;
	}
	return MIN(reached, end);
}

static bool is_guarded(uintptr_t start, uintptr_t end)
{
	for (size_t i = vma_index(start); i < vma_count() && vma_at(i)->start < end; i++) {
		if (vma_at(i)->kind == UK_VMA_GUARD)
			return true;
	}
	return false;
}

int uk_mm_protect(uintptr_t address, size_t length, u32 prot)
{
	uintptr_t end, reached;
	size_t promised = 0;
	int error = mm_range_end(address, length, &end);

	if (error || address == end)
		return error;
	reached = mapped_until(address, end);
	if (is_guarded(address, reached))
		return -EACCES;
	if (reached > address) {
		if (vma_split(address) || vma_split(reached))
			return -ENOMEM;
		for (size_t i = vma_index(address); i < vma_count() && vma_at(i)->start < reached; i++) {
			const struct uk_vma *vma = vma_at(i);

			if (needs_promise(prot, vma->flags) && !(vma->prot & UK_PROT_WRITE))
				promised += vma->end - vma->start;
		}
		if (promised && !mm_may_promise(promised))
			return -ENOMEM;
		for (size_t i = vma_index(address); i < vma_count() && vma_at(i)->start < reached; i++)
			vma_at(i)->prot = prot;
		mm_protect_pages(address, reached, prot);
		vma_join(address, reached);
	}
	return reached == end ? 0 : -ENOMEM;
}

int uk_mm_discard(uintptr_t address, size_t length)
{
	uintptr_t end;
	int error = mm_range_end(address, length, &end);

	if (error)
		return error;
	mm_free_pages(address, end);
	return mapped_until(address, end) == end ? 0 : -ENOMEM;
}

/* Moves old, a range inside one VMA, to a new place of new_length bytes. */
static int move(uintptr_t old, size_t old_length, uintptr_t new, size_t new_length, u32 linux_flags)
{
	struct uk_vma vma = *uk_mm_find(old);
	int error;

	if (vma.source.frames && old - vma.start < vma.source.size) {
		vma.source.frames += old - vma.start;
		vma.source.size -= old - vma.start;
		vma.source.size = MIN(vma.source.size, old_length);
	} else {
		vma.source = (struct uk_mm_source){0};
	}
	vma.start = new;
	vma.end = new + new_length;
	error = vma_insert(&vma);
	if (error)
		return error;
	error = mm_move_pages(old, new, old_length);
	if (error) {
		uk_mm_unmap(new, new_length);
		return error;
	}
	if (!(linux_flags & MREMAP_DONTUNMAP))
		uk_mm_unmap(old, old_length);
	return 0;
}

static int remap_fixed(uintptr_t old, size_t old_length, size_t new_length, u32 linux_flags,
		       uintptr_t new)
{
	uintptr_t end;

	if (mm_range_end(new, new_length, &end) || (new < old + old_length && old < end))
		return -EINVAL;
	if (new < MM_ADDRESS_MIN)
		return -EPERM;
	if (new_length < old_length) {
		uk_mm_unmap(old + new_length, old_length - new_length);
		old_length = new_length;
	}
	if (uk_mm_unmap(new, new_length))
		return -ENOMEM;
	return move(old, old_length, new, new_length, linux_flags);
}

int uk_mm_remap(uintptr_t old, size_t old_length, size_t new_length, u32 linux_flags,
		uintptr_t new_address, uintptr_t *result)
{
	const struct uk_vma *vma;
	uintptr_t old_end, end;

	if (!IS_ALIGNED(old, UK_PAGE_SIZE) || new_length == 0 || old_length == 0 ||
	    linux_flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP) ||
	    (linux_flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(linux_flags & MREMAP_MAYMOVE)) ||
	    (linux_flags & MREMAP_DONTUNMAP && old_length != new_length))
		return -EINVAL;
	if (new_length > UK_GUEST_END || mm_range_end(old, old_length, &old_end))
		return new_length > UK_GUEST_END ? -ENOMEM : -EFAULT;
	old_length = old_end - old;
	new_length = ALIGN_UP(new_length, UK_PAGE_SIZE);
	vma = uk_mm_find(old);
	if (!vma || vma->kind == UK_VMA_GUARD || vma->end < old_end)
		return -EFAULT;
	if (new_length > old_length && needs_promise(vma->prot, vma->flags) &&
	    !mm_may_promise(new_length - old_length))
		return -ENOMEM;
	*result = old;
	if (linux_flags & MREMAP_FIXED) {
		*result = new_address;
		return remap_fixed(old, old_length, new_length, linux_flags, new_address);
	}
	if (!(linux_flags & MREMAP_DONTUNMAP)) {
		if (new_length <= old_length)
			return new_length == old_length ?
				       0 :
				       uk_mm_unmap(old + new_length, old_length - new_length);
		if (vma->end == old_end && !mm_range_end(old, new_length, &end) &&
		    vma_range_is_free(old_end, end)) {
			struct uk_vma more = *vma;

			more.start = old_end;
			more.end = end;
			more.source = (struct uk_mm_source){0};
			return vma_insert(&more);
		}
		if (!(linux_flags & MREMAP_MAYMOVE))
			return -ENOMEM;
	}
	*result = vma_find_gap(new_length, map_top);
	if (!*result)
		return -ENOMEM;
	return move(old, old_length, *result, new_length, linux_flags);
}

void uk_mm_brk_init(uintptr_t start)
{
	heap_start = heap_break = start;
}

uintptr_t uk_mm_brk(uintptr_t new_break)
{
	uintptr_t old_end = ALIGN_UP(heap_break, UK_PAGE_SIZE);
	uintptr_t new_end = ALIGN_UP(new_break, UK_PAGE_SIZE);

	if (new_break < heap_start || new_break > UK_GUEST_END)
		return heap_break;
	if (new_end > old_end &&
	    uk_mm_map(old_end, new_end - old_end, UK_PROT_READ | UK_PROT_WRITE, UK_VMA_NOREPLACE,
		      UK_VMA_HEAP, NULL, NULL))
		return heap_break;
	if (new_end < old_end && uk_mm_unmap(new_end, old_end - new_end))
		return heap_break;
	heap_break = new_break;
	return heap_break;
}
