/* SPDX-License-Identifier: BSD-3-Clause */
/* mremap(2). Pages are moved, not copied. */
#include <uk/errno.h>
#include <uk/linux/mman.h>
#include <uk/uaccess.h>

#include "commit.h"
#include "map.h"
#include "pages.h"

struct remap {
	struct uk_mm *mm;
	uintptr_t from, to;
	size_t old_length, new_length;
	/* MREMAP_DONTUNMAP: the moved range stays as an empty mapping; old_length 0 */
	bool keep;
};

static int check_arguments(const struct remap *remap, u32 flags)
{
	if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if (flags & MREMAP_DONTUNMAP && remap->old_length != remap->new_length)
		return -EINVAL;
	if (!IS_ALIGNED(remap->from, UK_PAGE_SIZE) || remap->new_length == 0)
		return -EINVAL;
	if (remap->new_length > UK_GUEST_END || remap->old_length > UK_GUEST_END ||
	    remap->from > UK_GUEST_END - remap->old_length)
		return remap->new_length > remap->old_length ? -ENOMEM : -EINVAL;
	return 0;
}

/* Checks the address that the program requires (MREMAP_FIXED) or suggests (MREMAP_DONTUNMAP). */
static int check_target(const struct remap *remap)
{
	if (!IS_ALIGNED(remap->to, UK_PAGE_SIZE) || remap->to > UK_GUEST_END - remap->new_length)
		return -EINVAL;
	if (remap->to < remap->from + remap->old_length &&
	    remap->from < remap->to + remap->new_length)
		return -EINVAL;
	return 0;
}

/* The old range must be inside one VMA, and there must be memory for the additional part. */
static int check_growth(const struct remap *remap)
{
	const struct vma_node *node = vma_find(remap->mm, remap->from);
	size_t added = remap->keep ? remap->new_length : remap->new_length - remap->old_length;

	if (!node)
		return -EFAULT;
	/* A second view of the same memory, which is only possible for files here. */
	if (remap->old_length == 0 && !(node->vma.flags & UK_VMA_SHARED && node->vma.source.file))
		return -EINVAL;
	if (remap->old_length > node->vma.end - remap->from)
		return -EFAULT;
	if (added && (node->vma.flags & VMA_ACCOUNTED) && !mm_commit_allows(added, 0))
		return -ENOMEM;
	return 0;
}

static bool grow_in_place(const struct remap *remap)
{
	struct vma_node *node = vma_find(remap->mm, remap->from);
	uintptr_t end = remap->from + remap->new_length;

	if (node->vma.end != remap->from + remap->old_length ||
	    remap->from > UK_GUEST_END - remap->new_length ||
	    vma_overlaps(remap->mm, node->vma.end, end))
		return false;
	node->vma.end = end;
	vma_tree_update(remap->mm, node);
	vma_join(remap->mm, end);
	return true;
}

/* The target range is empty. On failure nothing has moved. */
static int move(const struct remap *remap)
{
	uintptr_t end = remap->from + remap->old_length;
	const struct vma_node *node;
	struct uk_vma vma;
	int result = 0;

	/* Split off first what is removed last, so that the removal cannot fail. */
	if (!remap->keep)
		result = vma_split(remap->mm, remap->from);
	if (!remap->keep && result == 0)
		result = vma_split(remap->mm, end);
	if (result)
		return result;
	node = vma_find(remap->mm, remap->from);
	vma = node->vma;
	vma.source = vma_source_from(&node->vma.source, remap->from - node->vma.start);
	vma.start = remap->to;
	vma.end = remap->to + remap->new_length;
	if (vma.kind == UK_VMA_HEAP || vma.kind == UK_VMA_STACK)
		vma.kind = UK_VMA_ANONYMOUS;
	result = vma_add(remap->mm, &vma);
	if (result)
		return result;
	result = mm_pages_move(remap->mm, remap->from, remap->to, remap->old_length);
	if (result) {
		/* It ends where the new VMA does, so nothing has to be split. */
		vma_clear(remap->mm, remap->to, vma.end);
		return result;
	}
	return remap->keep ? 0 : vma_clear(remap->mm, remap->from, end);
}

/* Moves the range to an address that the program chooses, or leaves to the kernel. */
static int remap_to(struct remap *remap, u32 flags)
{
	u32 place_flags = flags & MREMAP_FIXED ? UK_VMA_FIXED : 0;
	uintptr_t tail = remap->from + remap->new_length;
	int result = check_target(remap);

	if (result == 0)
		result = mm_place(remap->mm, remap->to, remap->new_length, place_flags, &remap->to);
	if (result)
		return result;
	if (flags & MREMAP_FIXED) {
		result = mm_clear(remap->mm, remap->to, remap->to + remap->new_length);
		if (result)
			return result;
	}
	if (remap->old_length > remap->new_length) {
		result = mm_clear(remap->mm, tail, remap->from + remap->old_length);
		if (result)
			return result;
		remap->old_length = remap->new_length;
	}
	result = check_growth(remap);
	return result ? result : move(remap);
}

static int remap_anywhere(struct remap *remap, u32 flags)
{
	int result;

	remap->to = remap->from;
	if (remap->old_length >= remap->new_length) {
		if (remap->old_length == remap->new_length)
			return 0;
		return mm_clear(remap->mm, remap->from + remap->new_length,
				remap->from + remap->old_length);
	}
	result = check_growth(remap);
	if (result || grow_in_place(remap))
		return result;
	if (!(flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	result = mm_place(remap->mm, 0, remap->new_length, 0, &remap->to);
	return result ? result : move(remap);
}

int uk_mm_remap(struct uk_mm *mm, uintptr_t old_address, size_t old_length, size_t new_length,
		u32 linux_flags, uintptr_t new_address, uintptr_t *result)
{
	struct remap remap = {
		.mm = mm,
		.from = old_address,
		.to = new_address,
		.old_length = ALIGN_UP(old_length, UK_PAGE_SIZE),
		.new_length = ALIGN_UP(new_length, UK_PAGE_SIZE),
		.keep = linux_flags & MREMAP_DONTUNMAP || old_length == 0,
	};
	int error = check_arguments(&remap, linux_flags);

	if (error)
		return error;
	if (!vma_find(mm, old_address))
		return -EFAULT;
	if (linux_flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		error = remap_to(&remap, linux_flags);
	else
		error = remap_anywhere(&remap, linux_flags);
	if (error == 0)
		*result = remap.to;
	return error;
}
