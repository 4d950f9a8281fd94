/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>

#include "vma.h"

struct vma_node *vma_find(uintptr_t address)
{
	struct vma_node *node = vma_tree_from(address);

	if (!node || node->vma.start > address || node->vma.kind == UK_VMA_GUARD)
		return NULL;
	return node;
}

bool vma_overlaps(uintptr_t start, uintptr_t end)
{
	const struct vma_node *node = vma_tree_from(start);

	return node && node->vma.start < end;
}

struct uk_mm_source vma_source_from(const struct uk_mm_source *source, size_t offset)
{
	if (source->file)
		return (struct uk_mm_source){.file = source->file,
					     .offset = source->offset + offset};
	if (!source->frames || offset >= source->size)
		return (struct uk_mm_source){0};
	return (struct uk_mm_source){
		.frames = source->frames + offset,
		.size = source->size - offset,
	};
}

static bool joinable(const struct uk_vma *low, const struct uk_vma *high)
{
	return low->end == high->start && low->prot == high->prot && low->flags == high->flags &&
	       low->kind == high->kind && !low->source.frames && !high->source.frames &&
	       low->source.file == high->source.file &&
	       (!low->source.file ||
		low->source.offset + (low->end - low->start) == high->source.offset);
}

static bool can_be_written_through(const struct uk_vma *vma)
{
	return vma->flags & UK_VMA_SHARED && vma->source.file->mode & UK_FILE_WRITE;
}

static void discard(struct vma_node *node)
{
	struct uk_file *file = node->vma.source.file;

	vma_tree_remove(node);
	if (file) {
		file->vnode->mapped--;
		file->vnode->mapped_for_write -= can_be_written_through(&node->vma);
		uk_file_put(file);
	}
	uk_free(node);
}

static int insert(const struct uk_vma *vma)
{
	struct vma_node *node = uk_malloc(sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->vma = *vma;
	if (vma->source.file) {
		uk_file_get(vma->source.file)->vnode->mapped++;
		vma->source.file->vnode->mapped_for_write += can_be_written_through(vma);
	}
	vma_tree_insert(node);
	return 0;
}

static void set_end(struct vma_node *node, uintptr_t end)
{
	node->vma.end = end;
	vma_tree_update(node);
}

static void set_start(struct vma_node *node, uintptr_t start)
{
	node->vma.source = vma_source_from(&node->vma.source, start - node->vma.start);
	node->vma.start = start;
	vma_tree_update(node);
}

int vma_add(const struct uk_vma *vma)
{
	struct vma_node *before = vma_tree_before(vma->start);
	struct vma_node *after = vma_tree_from(vma->start);

	if (before && joinable(&before->vma, vma)) {
		set_end(before, vma->end);
		vma_join(vma->end);
		return 0;
	}
	if (after && joinable(vma, &after->vma)) {
		set_start(after, vma->start);
		return 0;
	}
	return insert(vma);
}

int vma_split(uintptr_t address)
{
	struct vma_node *node = vma_tree_before(address);
	struct uk_vma rest;
	int result;

	if (!node || node->vma.end <= address)
		return 0;
	rest = node->vma;
	rest.start = address;
	rest.source = vma_source_from(&node->vma.source, address - node->vma.start);
	/* The tree must not see overlaps. */
	set_end(node, address);
	result = insert(&rest);
	if (result)
		set_end(node, rest.end);
	return result;
}

void vma_join(uintptr_t address)
{
	struct vma_node *low = vma_tree_before(address);
	struct vma_node *high = vma_tree_from(address);
	uintptr_t end;

	if (!low || !high || !joinable(&low->vma, &high->vma))
		return;
	end = high->vma.end;
	discard(high);
	set_end(low, end);
}

int vma_clear(uintptr_t start, uintptr_t end)
{
	struct vma_node *node = vma_tree_before(start);

	if (node && node->vma.end > start) {
		if (node->vma.end > end) {
			int result = vma_split(end);

			if (result)
				return result;
		}
		set_end(node, start);
	}
	for (node = vma_tree_from(start); node && node->vma.end <= end; node = vma_tree_from(start))
		discard(node);
	if (node && node->vma.start < end)
		set_start(node, end);
	return 0;
}
