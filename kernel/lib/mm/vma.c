/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>

#include "vma.h"

struct vma_node *vma_find(const struct uk_mm *mm, uintptr_t address)
{
	struct vma_node *node = vma_tree_from(mm, address);

	if (!node || node->vma.start > address || node->vma.kind == UK_VMA_GUARD)
		return NULL;
	return node;
}

bool vma_overlaps(const struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	const struct vma_node *node = vma_tree_from(mm, start);

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

/* The VMA takes a reference to its file and joins the list of the file's vnode. */
static void attach_file(struct vma_node *node, struct uk_file *file)
{
	struct uk_vnode *vnode = uk_file_get(file)->vnode;

	node->next_mapping = vnode->mappings;
	node->previous_link = &vnode->mappings;
	if (vnode->mappings)
		vnode->mappings->previous_link = &node->next_mapping;
	vnode->mappings = node;
	vnode->mapped_for_write += can_be_written_through(&node->vma);
}

static void detach_file(struct vma_node *node, struct uk_file *file)
{
	*node->previous_link = node->next_mapping;
	if (node->next_mapping)
		node->next_mapping->previous_link = node->previous_link;
	file->vnode->mapped_for_write -= can_be_written_through(&node->vma);
	uk_file_put(file);
}

static void discard(struct uk_mm *mm, struct vma_node *node)
{
	vma_tree_remove(mm, node);
	if (node->vma.source.file)
		detach_file(node, node->vma.source.file);
	uk_free(node);
}

static int insert(struct uk_mm *mm, const struct uk_vma *vma)
{
	struct vma_node *node = uk_malloc(sizeof(*node));

	if (!node)
		return -ENOMEM;
	node->vma = *vma;
	node->mm = mm;
	if (vma->source.file)
		attach_file(node, vma->source.file);
	vma_tree_insert(mm, node);
	return 0;
}

static void set_end(struct uk_mm *mm, struct vma_node *node, uintptr_t end)
{
	node->vma.end = end;
	vma_tree_update(mm, node);
}

static void set_start(struct uk_mm *mm, struct vma_node *node, uintptr_t start)
{
	node->vma.source = vma_source_from(&node->vma.source, start - node->vma.start);
	node->vma.start = start;
	vma_tree_update(mm, node);
}

int vma_add(struct uk_mm *mm, const struct uk_vma *vma)
{
	struct vma_node *before = vma_tree_before(mm, vma->start);
	struct vma_node *after = vma_tree_from(mm, vma->start);

	if (before && joinable(&before->vma, vma)) {
		set_end(mm, before, vma->end);
		vma_join(mm, vma->end);
		return 0;
	}
	if (after && joinable(vma, &after->vma)) {
		set_start(mm, after, vma->start);
		return 0;
	}
	return insert(mm, vma);
}

int vma_split(struct uk_mm *mm, uintptr_t address)
{
	struct vma_node *node = vma_tree_before(mm, address);
	struct uk_vma rest;
	int result;

	if (!node || node->vma.end <= address)
		return 0;
	rest = node->vma;
	rest.start = address;
	rest.source = vma_source_from(&node->vma.source, address - node->vma.start);
	/* The tree must not contain overlaps. */
	set_end(mm, node, address);
	result = insert(mm, &rest);
	if (result)
		set_end(mm, node, rest.end);
	return result;
}

void vma_join(struct uk_mm *mm, uintptr_t address)
{
	struct vma_node *low = vma_tree_before(mm, address);
	struct vma_node *high = vma_tree_from(mm, address);
	uintptr_t end;

	if (!low || !high || !joinable(&low->vma, &high->vma))
		return;
	end = high->vma.end;
	discard(mm, high);
	set_end(mm, low, end);
}

int vma_clear(struct uk_mm *mm, uintptr_t start, uintptr_t end)
{
	struct vma_node *node = vma_tree_before(mm, start);

	if (node && node->vma.end > start) {
		if (node->vma.end > end) {
			int result = vma_split(mm, end);

			if (result)
				return result;
		}
		set_end(mm, node, start);
	}
	for (node = vma_tree_from(mm, start); node && node->vma.end <= end;
	     node = vma_tree_from(mm, start))
		discard(mm, node);
	if (node && node->vma.start < end)
		set_start(mm, node, end);
	return 0;
}
