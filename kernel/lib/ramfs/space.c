/* SPDX-License-Identifier: BSD-3-Clause */
/* Which parts of a file are data and which are holes: fallocate(2), lseek(2) with SEEK_DATA and
 * SEEK_HOLE. */
#include <uk/errno.h>
#include <uk/string.h>

#include "ramfs.h"

/* Zeroes [start, end), which is inside one page. */
static int zero_part(struct ramfs_node *node, u64 start, u64 end)
{
	u64 index = start >> UK_PAGE_SHIFT;
	uk_paddr_t page;
	int error;

	if (start == end || ramfs_is_hole(node, index))
		return 0;
	error = ramfs_own_page(node, index, false, &page);
	if (!error)
		memset((char *)uk_page_address(page) + (start & ~UK_PAGE_MASK), 0, end - start);
	return error;
}

static int punch(struct ramfs_node *node, u64 start, u64 end)
{
	u64 first = ALIGN_UP(start, UK_PAGE_SIZE), last = ALIGN_DOWN(end, UK_PAGE_SIZE);
	int error;

	if (first > last)
		return zero_part(node, start, end);
	error = zero_part(node, start, first);
	if (!error)
		error = zero_part(node, last, end);
	if (!error && first < last)
		error = ramfs_drop(node, first >> UK_PAGE_SHIFT, last >> UK_PAGE_SHIFT);
	return error;
}

static int reserve(struct ramfs_node *node, u64 start, u64 end)
{
	u64 first = start >> UK_PAGE_SHIFT, last = (end + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;
	u64 needed = 0;
	uk_paddr_t page;

	/* All or nothing. */
	if (last - first > ramfs_pages_free(ramfs_of(&node->vnode)) + node->vnode.blocks)
		return -ENOSPC;
	for (u64 index = first; index < last; index++)
		needed += ramfs_is_hole(node, index);
	if (needed > ramfs_pages_free(ramfs_of(&node->vnode)))
		return -ENOSPC;
	for (u64 index = first; index < last; index++) {
		if (ramfs_is_hole(node, index) && ramfs_own_page(node, index, false, &page))
			return -ENOSPC;
	}
	return 0;
}

int ramfs_allocate(struct uk_vnode *vnode, u32 mode, s64 offset, s64 length)
{
	struct ramfs_node *node = ramfs_node(vnode);
	u64 start = (u64)offset, end = start + (u64)length;
	int error;

	switch (mode) {
	case FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE:
		if (vnode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
			return -EPERM;
		/* Past the end of the file there are only preallocated pages. */
		error = punch(node, start, end);
		break;
	case 0:
	case FALLOC_FL_KEEP_SIZE:
		if (vnode->seals & F_SEAL_GROW && end > vnode->size)
			return -EPERM;
		error = reserve(node, start, end);
		if (!error && !(mode & FALLOC_FL_KEEP_SIZE) && end > vnode->size)
			vnode->size = end;
		break;
	default:
		return -EOPNOTSUPP;
	}
	if (!error)
		vnode->mtime = vnode->ctime = uk_vnode_now();
	return error;
}

/* The first page from index on that is not a hole. */
static u64 next_data(const struct ramfs_node *node, u64 index)
{
	u64 own = page_tree_next(&node->pages, index);
	u64 borrowed = (node->borrowed_size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;

	for (; index < MIN(own, borrowed); index++) {
		if (!ramfs_is_hole(node, index))
			return index;
	}
	return own;
}

s64 ramfs_seek(struct uk_vnode *vnode, s64 offset, int whence)
{
	const struct ramfs_node *node = ramfs_node(vnode);
	u64 index = (u64)offset >> UK_PAGE_SHIFT;
	u64 end = (vnode->size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT, found = index;

	if (whence == SEEK_DATA) {
		found = next_data(node, index);
		if (found >= end)
			return -ENXIO;
	} else {
		while (found < end && !ramfs_is_hole(node, found))
			found++;
		if (found >= end)
			return (s64)vnode->size;
	}
	return found == index ? offset : (s64)(found << UK_PAGE_SHIFT);
}
