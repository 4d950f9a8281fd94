/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/essentials.h>

#include "tree.h"

static int height(const struct vma_node *node)
{
	return node ? node->height : 0;
}

static size_t distance(uintptr_t from, uintptr_t to)
{
	return from < to ? to - from : 0;
}

/* Computes a node's summary of its subtree from its children. */
static void refresh(struct vma_node *node)
{
	const struct vma_node *left = node->left;
	const struct vma_node *right = node->right;

	node->height = 1 + MAX(height(left), height(right));
	node->start = node->vma.start;
	node->end = node->vma.end;
	node->gap = 0;
	if (left) {
		node->start = left->start;
		node->gap = MAX(left->gap, node->vma.start - left->end);
	}
	if (right) {
		node->end = right->end;
		node->gap = MAX(node->gap, MAX(right->gap, right->start - node->vma.end));
	}
}

static struct vma_node *rotate_left(struct vma_node *node)
{
	struct vma_node *top = node->right;

	node->right = top->left;
	top->left = node;
	refresh(node);
	refresh(top);
	return top;
}

static struct vma_node *rotate_right(struct vma_node *node)
{
	struct vma_node *top = node->left;

	node->left = top->right;
	top->right = node;
	refresh(node);
	refresh(top);
	return top;
}

/* Returns the top of a subtree whose children are balanced and differ by at most two in height. */
static struct vma_node *balance(struct vma_node *node)
{
	int difference = height(node->left) - height(node->right);

	if (difference > 1) {
		if (height(node->left->left) < height(node->left->right))
			node->left = rotate_left(node->left);
		return rotate_right(node);
	}
	if (difference < -1) {
		if (height(node->right->right) < height(node->right->left))
			node->right = rotate_right(node->right);
		return rotate_left(node);
	}
	refresh(node);
	return node;
}

static struct vma_node *insert(struct vma_node *tree, struct vma_node *node)
{
	if (!tree)
		return balance(node);
	if (node->vma.start < tree->vma.start)
		tree->left = insert(tree->left, node);
	else
		tree->right = insert(tree->right, node);
	return balance(tree);
}

void vma_tree_insert(struct uk_mm *mm, struct vma_node *node)
{
	node->left = node->right = NULL;
	mm->vmas = insert(mm->vmas, node);
}

static struct vma_node *take_first(struct vma_node *tree, struct vma_node **first)
{
	if (!tree->left) {
		*first = tree;
		return tree->right;
	}
	tree->left = take_first(tree->left, first);
	return balance(tree);
}

static struct vma_node *take(struct vma_node *tree, const struct vma_node *node)
{
	struct vma_node *top;

	if (node->vma.start < tree->vma.start) {
		tree->left = take(tree->left, node);
		return balance(tree);
	}
	if (tree != node) {
		tree->right = take(tree->right, node);
		return balance(tree);
	}
	if (!tree->left)
		return tree->right;
	if (!tree->right)
		return tree->left;
	tree->right = take_first(tree->right, &top);
	top->left = tree->left;
	top->right = tree->right;
	return balance(top);
}

void vma_tree_remove(struct uk_mm *mm, struct vma_node *node)
{
	mm->vmas = take(mm->vmas, node);
}

static void refresh_path(struct vma_node *tree, const struct vma_node *node)
{
	if (tree != node)
		refresh_path(node->vma.start < tree->vma.start ? tree->left : tree->right, node);
	refresh(tree);
}

void vma_tree_update(struct uk_mm *mm, struct vma_node *node)
{
	refresh_path(mm->vmas, node);
}

struct vma_node *vma_tree_from(const struct uk_mm *mm, uintptr_t address)
{
	struct vma_node *found = NULL;

	for (struct vma_node *node = mm->vmas; node;) {
		if (address < node->vma.end) {
			found = node;
			if (address >= node->vma.start)
				break;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct vma_node *vma_tree_before(const struct uk_mm *mm, uintptr_t address)
{
	struct vma_node *found = NULL;

	for (struct vma_node *node = mm->vmas; node;) {
		if (node->vma.start < address) {
			found = node;
			node = node->right;
		} else {
			node = node->left;
		}
	}
	return found;
}

/*
 * Searches the part of [low, high) that the subtree divides. A subtree that is entirely inside is
 * only entered if it contains the gap, so this follows at most the two paths along low and high.
 */
static uintptr_t find_gap(const struct vma_node *tree, size_t length, uintptr_t low, uintptr_t high)
{
	uintptr_t address;

	if (distance(low, high) < length)
		return 0;
	if (!tree)
		return high - length;
	if (tree->gap < length && distance(low, tree->start) < length &&
	    distance(tree->end, high) < length)
		return 0;
	address = find_gap(tree->right, length, MAX(low, tree->vma.end), high);
	if (address)
		return address;
	return find_gap(tree->left, length, low, MIN(high, tree->vma.start));
}

uintptr_t vma_tree_find_gap(const struct uk_mm *mm, size_t length, uintptr_t low, uintptr_t high)
{
	return find_gap(mm->vmas, length, low, high);
}
