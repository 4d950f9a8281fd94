/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>

#include "page_tree.h"

struct node {
	u64 slots[PAGE_TREE_SLOTS];
};

/* log2 of the number of pages below a slot of a node at this height (1: its slots are pages). */
static unsigned int shift_at(u32 height)
{
	return (height - 1) * PAGE_TREE_SHIFT;
}

static struct node *node_at(u64 slot)
{
	return (struct node *)(uintptr_t)slot;
}

static bool covers(u32 height, u64 index)
{
	unsigned int bits = height * PAGE_TREE_SHIFT;

	return bits >= 64 || index >> bits == 0;
}

u64 page_tree_find(const struct page_tree *tree, u64 index)
{
	u64 slot = tree->root;

	if (!covers(tree->height, index))
		return 0;
	for (u32 height = tree->height; height && slot; height--)
		slot = node_at(slot)->slots[index >> shift_at(height) & (PAGE_TREE_SLOTS - 1)];
	return slot;
}

u64 page_tree_find_run(const struct page_tree *tree, u64 index, u64 *count)
{
	u64 slot = tree->root, run = 1;
	const u64 *slots, *end;

	if (!covers(tree->height, index) || tree->height == 0) {
		*count = 1;
		return page_tree_find(tree, index);
	}
	for (u32 height = tree->height; height > 1 && slot; height--)
		slot = node_at(slot)->slots[index >> shift_at(height) & (PAGE_TREE_SLOTS - 1)];
	if (!slot) {
		*count = 1;
		return 0;
	}
	/* A run that continues in the next node is found in two parts. */
	slots = node_at(slot)->slots + (index & (PAGE_TREE_SLOTS - 1));
	end = node_at(slot)->slots + PAGE_TREE_SLOTS;
	if (*slots > PAGE_HOLE) {
		while (run < *count && slots + run < end &&
		       slots[run] == *slots + run * UK_PAGE_SIZE)
			run++;
	}
	*count = run;
	return *slots;
}

u64 *page_tree_slot(struct page_tree *tree, u64 index)
{
	u64 *slot = &tree->root;

	while (!covers(tree->height, index)) {
		struct node *node;

		if (tree->root) {
			node = uk_zalloc(sizeof(*node));
			if (!node)
				return NULL;
			node->slots[0] = tree->root;
			tree->root = (u64)(uintptr_t)node;
		}
		tree->height++;
	}
	for (u32 height = tree->height; height; height--) {
		if (!*slot)
			*slot = (u64)(uintptr_t)uk_zalloc(sizeof(struct node));
		if (!*slot)
			return NULL;
		slot = &node_at(*slot)->slots[index >> shift_at(height) & (PAGE_TREE_SLOTS - 1)];
	}
	return slot;
}

static u64 next_below(u64 slot, u32 height, u64 index)
{
	u64 step;

	if (height == 0)
		return index == 0 && slot > PAGE_HOLE ? 0 : UINT64_MAX;
	if (!slot)
		return UINT64_MAX;
	step = 1UL << shift_at(height);
	for (u64 i = index / step; i < PAGE_TREE_SLOTS; i++) {
		u64 inner = i == index / step ? index % step : 0;
		u64 found = next_below(node_at(slot)->slots[i], height - 1, inner);

		if (found != UINT64_MAX)
			return i * step + found;
	}
	return UINT64_MAX;
}

u64 page_tree_next(const struct page_tree *tree, u64 index)
{
	return covers(tree->height, index) ? next_below(tree->root, tree->height, index)
					   : UINT64_MAX;
}

/* first and end are relative to the slot's first page. A node that is entirely inside is freed. */
static u64 clear_below(u64 *slot, u32 height, u64 first, u64 end)
{
	u64 count = 0, step, size;

	if (!*slot)
		return 0;
	if (height == 0) {
		count = *slot > PAGE_HOLE;
		if (count)
			uk_page_put(*slot);
		*slot = 0;
		return count;
	}
	step = 1UL << shift_at(height);
	size = step * PAGE_TREE_SLOTS;
	for (u64 i = first / step; i < PAGE_TREE_SLOTS && i * step < end; i++) {
		u64 base = i * step;

		count += clear_below(&node_at(*slot)->slots[i], height - 1,
				     first > base ? first - base : 0, MIN(end - base, step));
	}
	if (first == 0 && end >= size) {
		uk_free(node_at(*slot));
		*slot = 0;
	}
	return count;
}

u64 page_tree_clear(struct page_tree *tree, u64 first, u64 end)
{
	u64 size = 1UL << MIN(tree->height * PAGE_TREE_SHIFT, 63u);
	u64 count;

	if (first >= MIN(end, size))
		return 0;
	count = clear_below(&tree->root, tree->height, first, MIN(end, size));
	if (!tree->root)
		tree->height = 0;
	return count;
}
