/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of mapped files. write(2) goes to the server and to the pages. Data written through shared
 * mappings go to the server before the next read(2), at msync(2) and fsync(2), at the last close(2)
 * of a writer and when the file is released here. Nothing records which of the pages that may be
 * written have been, so all of them are sent.
 */
#include <uk/errno.h>
#include <uk/string.h>

#include "filesystem.h"

#define CLUSTER_ORDER 4 /* a fault reads 64 KiB */
#define CLUSTER_PAGES (1UL << CLUSTER_ORDER)
#define RESERVE_PAGES 64 /* for page tables and the kernel's heap, which do not reclaim */
#define FREE_SHARE    4	 /* memory is low if less than this fraction of it is free */

static u64 page_count(const struct ninep_node *node)
{
	return (node->vnode.size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;
}

/* Frees pages that can be read again, of files that are mapped or of files that are not. */
static bool reclaim(struct ninep_mount *mount, bool mapped)
{
	size_t freed = 0;

	for (unsigned int i = 0; i < NINEP_NODE_BUCKETS; i++) {
		for (struct ninep_node *node = mount->nodes[i]; node; node = node->next) {
			if (!node->vnode.mappings == mapped || node->pages.dirty)
				continue;
			freed += node->pages.count;
			ninep_forget_pages(node);
		}
	}
	return freed > 0;
}

/* What a server that could not truncate an unlinked file has past its end (unlinked.c). */
static void hide_stale(const struct ninep_node *node, u64 start, char *data, size_t size)
{
	u64 end = node->vnode.size;

	if (node->stale_end > end && start + size > end)
		memset(data + (end > start ? end - start : 0), 0,
		       end > start ? start + size - end : size);
}

/* Reads consecutive pages into consecutive frames. */
static int read_frames(struct ninep_node *node, u64 index, uk_paddr_t frames, size_t pages)
{
	struct ninep_client *client = ninep_client(&node->vnode);
	size_t done = 0, size = pages * UK_PAGE_SIZE;
	ssize_t got = 0;
	u32 place;
	int error = ninep_acquire_fid(node, O_RDONLY, &place);

	if (error)
		return error;
	while (done < size) {
		got = ninep_read(client, node->opened[place].fid, (index << UK_PAGE_SHIFT) + done,
				 (char *)uk_page_address(frames) + done, size - done);
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	ninep_release_fid(node, place);
	hide_stale(node, index << UK_PAGE_SHIFT, (char *)uk_page_address(frames), size);
	return got < 0 ? (int)got : 0;
}

static uk_paddr_t allocate(struct ninep_node *node, unsigned int order)
{
	struct ninep_mount *mount = ninep_mount(&node->vnode);

	if (uk_page_statistics().free < RESERVE_PAGES + (1UL << order) && !reclaim(mount, false))
		reclaim(mount, true);
	return uk_page_alloc_zeroed_pages(order);
}

/* The order of pages to read at once from index on: more than one only if none of them is
 * cached. */
static unsigned int cluster_order(const struct ninep_node *node, u64 index)
{
	u64 other = index;

	if (index % CLUSTER_PAGES || index + CLUSTER_PAGES > page_count(node))
		return 0;
	return ninep_pages_next(&node->pages, &other, false) && other < index + CLUSTER_PAGES
		       ? 0
		       : CLUSTER_ORDER;
}

static int read_pages(struct ninep_node *node, u64 index)
{
	u64 start = ALIGN_DOWN(index, CLUSTER_PAGES);
	unsigned int order = cluster_order(node, start);
	uk_paddr_t frames = order ? allocate(node, order) : UK_PAGE_NONE;
	int error;

	if (!frames) {
		order = 0;
		start = index;
		frames = allocate(node, 0);
	}
	if (!frames)
		return -ENOMEM;
	error = ninep_pages_make(&node->pages, start + (1UL << order) - 1)
			? read_frames(node, start, frames, 1UL << order)
			: -ENOMEM;
	for (u64 i = 0; i < 1UL << order; i++) {
		u64 *slot = error ? NULL : ninep_pages_find(&node->pages, start + i);

		if (!slot) {
			uk_page_put(frames + i * UK_PAGE_SIZE);
			continue;
		}
		*slot = frames + i * UK_PAGE_SIZE;
		node->pages.count++;
	}
	return error;
}

bool ninep_page_is_resident(struct uk_vnode *vnode, u64 index)
{
	struct ninep_node *node = ninep_node(vnode);
	const u64 *slot = index < page_count(node) ? ninep_pages_find(&node->pages, index) : NULL;

	return slot && *slot;
}

int ninep_page(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame)
{
	struct ninep_node *node = ninep_node(vnode);
	u64 *slot;
	int error;

	if (index >= page_count(node)) {
		error = ninep_refresh(node, ninep_mount(vnode)->lifetime);
		if (error)
			return error;
		if (index >= page_count(node))
			return -ENXIO;
	}
	slot = ninep_pages_find(&node->pages, index);
	if (!slot || !*slot) {
		error = read_pages(node, index);
		if (error)
			return error;
		slot = ninep_pages_find(&node->pages, index);
	}
	if (for_write && !(*slot & NINEP_PAGE_DIRTY)) {
		*slot |= NINEP_PAGE_DIRTY;
		node->pages.dirty++;
	}
	*frame = *slot & UK_PAGE_MASK;
	uk_page_get(*frame);
	return 0;
}

static int write_frames(struct ninep_node *node, u32 fid, u64 index, uk_paddr_t frames,
			size_t pages)
{
	u64 start = index << UK_PAGE_SHIFT, done = 0, size;

	if (start >= node->vnode.size)
		return 0;
	size = MIN(pages * UK_PAGE_SIZE, node->vnode.size - start);
	while (done < size) {
		ssize_t written = ninep_write(ninep_client(&node->vnode), fid, start + done,
					      (char *)uk_page_address(frames) + done, size - done);

		if (written <= 0)
			return written ? (int)written : -EIO;
		done += (u64)written;
	}
	ninep_changed(&node->vnode);
	return 0;
}

static int write_dirty(struct ninep_node *node, u32 fid)
{
	u64 index = 0, *slot;
	int error = 0;

	while (!error && (slot = ninep_pages_next(&node->pages, &index, true))) {
		uk_paddr_t frames = *slot & UK_PAGE_MASK;
		size_t pages = 0;

		do {
			/* Without a writable mapping, nothing can write to the page again. */
			if (!node->vnode.mapped_for_write) {
				*slot &= ~NINEP_PAGE_DIRTY;
				node->pages.dirty--;
			}
			pages++;
			slot = ninep_pages_find(&node->pages, index + pages);
		} while (slot && *slot == (frames + pages * UK_PAGE_SIZE + NINEP_PAGE_DIRTY));
		error = write_frames(node, fid, index, frames, pages);
		index += pages;
	}
	return error;
}

int ninep_write_back(struct ninep_node *node)
{
	u32 place;
	int error;

	if (likely(!node->pages.dirty))
		return 0;
	error = ninep_acquire_fid(node, O_WRONLY, &place);
	if (error)
		return error;
	error = write_dirty(node, node->opened[place].fid);
	ninep_release_fid(node, place);
	return error;
}

void ninep_update_pages(struct ninep_node *node, const char *data, size_t size, u64 offset)
{
	u64 end = offset + size;

	if (!node->pages.count)
		return;
	while (offset < end) {
		size_t inner = offset & ~UK_PAGE_MASK,
		       part = MIN(end - offset, UK_PAGE_SIZE - inner);
		u64 *slot = ninep_pages_find(&node->pages, offset >> UK_PAGE_SHIFT);

		if (slot && *slot)
			memcpy((char *)uk_page_address(*slot & UK_PAGE_MASK) + inner, data, part);
		data += part;
		offset += part;
	}
}

void ninep_close_pages(struct ninep_node *node)
{
	struct uk_page_statistics memory;

	if (!node->pages.count || node->pages.dirty || node->vnode.mappings)
		return;
	memory = uk_page_statistics();
	if (memory.free < memory.total / FREE_SHARE)
		ninep_pages_free(&node->pages);
}

void ninep_forget_pages(struct ninep_node *node)
{
	/* The data written here are newer. */
	if (node->pages.dirty || !node->pages.count)
		return;
	/* Do not unmap up to UINT64_MAX: that would also discard what the program wrote to private
	 * mappings. */
	uk_vnode_unmap(&node->vnode, 0, page_count(node) + 1);
	ninep_pages_free(&node->pages);
}

void ninep_truncate_pages(struct ninep_node *node, u64 size)
{
	u64 first = (size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT, *slot;
	size_t inner = size & ~UK_PAGE_MASK;

	uk_vnode_unmap(&node->vnode, first, UINT64_MAX);
	ninep_pages_drop(&node->pages, first, UINT64_MAX);
	slot = ninep_pages_find(&node->pages, size >> UK_PAGE_SHIFT);
	if (inner && slot && *slot)
		memset((char *)uk_page_address(*slot & UK_PAGE_MASK) + inner, 0,
		       UK_PAGE_SIZE - inner);
}
