/* SPDX-License-Identifier: BSD-3-Clause */
/* The pages of a file: its own, and the borrowed bytes below pages that it does not have. */
#include <uk/errno.h>
#include <uk/string.h>

#include "ramfs.h"

#define BLOCKS_PER_PAGE (UK_PAGE_SIZE / 512)
#define RUN_MAX		512 /* pages */

static u64 borrowed_pages(const struct ramfs_node *node)
{
	return (node->borrowed_size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;
}

/* pages: by how many the file grows. */
static void account(struct ramfs_node *node, s64 pages)
{
	struct ramfs *ramfs = ramfs_of(&node->vnode);

	ramfs->pages = (u64)((s64)ramfs->pages + pages);
	node->vnode.blocks = (u64)((s64)node->vnode.blocks + pages * (s64)BLOCKS_PER_PAGE);
}

void uk_ramfs_borrow(struct uk_vnode *vnode, const void *data, size_t size)
{
	struct ramfs_node *node = ramfs_node(vnode);

	node->borrowed = data;
	node->borrowed_size = vnode->size = size;
	account(node, (s64)borrowed_pages(node));
}

bool ramfs_is_hole(const struct ramfs_node *node, u64 index)
{
	u64 slot = page_tree_find(&node->pages, index);

	return slot == PAGE_HOLE || (!slot && index >= borrowed_pages(node));
}

void ramfs_fill(const struct ramfs_node *node, u64 index, char *memory)
{
	u64 start = index << UK_PAGE_SHIFT;
	size_t size = 0;

	if (page_tree_find(&node->pages, index) != PAGE_HOLE && start < node->borrowed_size) {
		size = MIN(UK_PAGE_SIZE, node->borrowed_size - start);
		memcpy(memory, node->borrowed + start, size);
	}
	memset(memory + size, 0, UK_PAGE_SIZE - size);
}

/* Allocates a page whose frame follows that of the previous page, if possible: so a mapping of the
 * file becomes one of the host. */
static uk_paddr_t alloc_next(const struct ramfs_node *node, u64 index, bool *is_zero)
{
	u64 before = index ? page_tree_find(&node->pages, index - 1) : 0;
	size_t count = 1;

	return uk_page_alloc_run(before > PAGE_HOLE ? before + UK_PAGE_SIZE : UK_PAGE_NONE, &count,
				 is_zero);
}

int ramfs_own_page(struct ramfs_node *node, u64 index, bool whole, uk_paddr_t *page)
{
	u64 *slot, found = page_tree_find(&node->pages, index);
	bool hole, is_zero;

	if (found > PAGE_HOLE) {
		*page = found;
		return 0;
	}
	hole = ramfs_is_hole(node, index);
	if (hole && !ramfs_pages_free(ramfs_of(&node->vnode)))
		return -ENOSPC;
	slot = page_tree_slot(&node->pages, index);
	if (!slot)
		return -ENOSPC;
	*page = whole ? uk_page_alloc() : alloc_next(node, index, &is_zero);
	if (!*page)
		return -ENOSPC;
	if (!hole && !whole)
		ramfs_fill(node, index, uk_page_address(*page));
	else if (!whole && !is_zero)
		memset(uk_page_address(*page), 0, UK_PAGE_SIZE);
	if (hole)
		account(node, 1);
	uk_vnode_unmap(&node->vnode, index, index + 1);
	*slot = *page;
	return 0;
}

u64 ramfs_own_run(struct ramfs_node *node, u64 index, u64 count, uk_paddr_t *first)
{
	u64 before = index ? page_tree_find(&node->pages, index - 1) : 0, holes = 0, done = 0;
	size_t pages;
	bool is_zero;

	count = MIN(count, MIN(RUN_MAX, ramfs_pages_free(ramfs_of(&node->vnode))));
	while (holes < count && ramfs_is_hole(node, index + holes))
		holes++;
	pages = holes;
	*first =
		holes ? uk_page_alloc_run(before > PAGE_HOLE ? before + UK_PAGE_SIZE : UK_PAGE_NONE,
					  &pages, &is_zero)
		      : UK_PAGE_NONE;
	if (!*first)
		return 0;
	uk_vnode_unmap(&node->vnode, index, index + pages);
	for (; done < pages; done++) {
		u64 *slot = page_tree_slot(&node->pages, index + done);

		if (!slot)
			break;
		*slot = *first + (done << UK_PAGE_SHIFT);
	}
	uk_page_put_run(*first + (done << UK_PAGE_SHIFT), pages - done);
	account(node, (s64)done);
	return done;
}

/* Puts holes over the borrowed pages of [first, end). */
static int hide_borrowed(struct ramfs_node *node, u64 first, u64 end)
{
	for (; first < MIN(end, borrowed_pages(node)); first++) {
		u64 *slot = page_tree_slot(&node->pages, first);

		if (!slot)
			return -ENOSPC;
		if (*slot == PAGE_HOLE)
			continue;
		if (*slot)
			uk_page_put(*slot);
		*slot = PAGE_HOLE;
		account(node, -1);
	}
	return 0;
}

static u64 count_borrowed(const struct ramfs_node *node, u64 first, u64 end)
{
	u64 count = 0;

	for (; first < MIN(end, borrowed_pages(node)); first++)
		count += page_tree_find(&node->pages, first) == 0;
	return count;
}

int ramfs_drop(struct ramfs_node *node, u64 first, u64 end)
{
	int error;

	uk_vnode_unmap(&node->vnode, first, end);
	if (end == UINT64_MAX) {
		account(node, -(s64)count_borrowed(node, first, end));
		node->borrowed_size = MIN(node->borrowed_size, first << UK_PAGE_SHIFT);
	} else {
		error = hide_borrowed(node, first, end);
		if (error)
			return error;
		first = MAX(first, borrowed_pages(node));
	}
	account(node, -(s64)page_tree_clear(&node->pages, first, end));
	return 0;
}
