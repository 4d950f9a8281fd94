/* SPDX-License-Identifier: BSD-3-Clause */
/* Regular files: read, write, truncate, map. */
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "ramfs.h"

/* mount(8), relatime: a read updates atime if there was none since the last change. This does not
 * need the current time, so the rule "or more than a day ago" is not implemented. */
static void note_access(struct uk_file *file)
{
	struct uk_vnode *vnode = file->vnode;

	if ((vnode->atime <= vnode->mtime || vnode->atime <= vnode->ctime) &&
	    !(file->flags & O_NOATIME) &&
	    !(file->path.mount && file->path.mount->flags & (MS_NOATIME | MS_RDONLY)))
		vnode->atime = uk_vnode_now();
}

/* Finds the page at position. Of length bytes, returns how many follow one another in memory. Out
 * of line: accesses within a page do not need it. */
static __attribute__((noinline)) size_t find_run(const struct ramfs_node *node, u64 position,
						 size_t length, u64 *slot)
{
	size_t inner = position & ~UK_PAGE_MASK;
	u64 count = (inner + length + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;

	*slot = page_tree_find_run(&node->pages, position >> UK_PAGE_SHIFT, &count);
	return MIN(length, (count << UK_PAGE_SHIFT) - inner);
}

static ssize_t ramfs_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct uk_vnode *vnode = file->vnode;
	const struct ramfs_node *node = ramfs_node(vnode);
	u64 position = (u64)offset;
	size_t done = 0;

	if (position >= vnode->size)
		return 0;
	length = MIN(length, vnode->size - position);
	while (done < length) {
		size_t inner = position & ~UK_PAGE_MASK, part = length - done, left;
		u64 slot, first;

		if (inner + part <= UK_PAGE_SIZE) {
			slot = page_tree_find(&node->pages, position >> UK_PAGE_SHIFT);
		} else {
			part = find_run(node, position, part, &first);
			slot = first;
		}
		if (slot > PAGE_HOLE) {
			left = copy_to_buffer((char *)buffer + done,
					      (char *)uk_page_address(slot) + inner, part);
		} else if (!slot && position < node->borrowed_size) {
			/* Without pages of its own, the whole file is contiguous. */
			if (!node->pages.root)
				part = length - done;
			part = MIN(part, node->borrowed_size - position);
			left = copy_to_buffer((char *)buffer + done, node->borrowed + position,
					      part);
		} else {
			left = clear_buffer((char *)buffer + done, part);
		}
		done += part - left;
		position += part;
		if (left)
			break;
	}
	note_access(file);
	return done || !length ? (ssize_t)done : -EFAULT;
}

/* Copies to pages of the file that follow one another. Returns how many bytes could not be copied.
 */
static size_t write_page(const struct ramfs_node *node, u64 index, char *page, size_t inner,
			 const char *buffer, size_t part, bool fresh)
{
	size_t left = copy_from_buffer(page + inner, buffer, part);

	/* The page was to be overwritten completely, but was not. */
	if (unlikely(left && fresh)) {
		ramfs_fill(node, index, page);
		copy_from_buffer(page + inner, buffer, part - left);
	}
	return left;
}

/* Writes up to `length` bytes, whole pages, to holes from index on. Returns how many were written;
 * *faulted: the rest of the buffer cannot be read. 0 without a fault: there is no memory for it. */
static size_t write_holes(struct ramfs_node *node, u64 index, const char *buffer, size_t length,
			  bool *faulted)
{
	uk_paddr_t first;
	u64 count = ramfs_own_run(node, index, length >> UK_PAGE_SHIFT, &first);
	size_t size = count << UK_PAGE_SHIFT, done, end;

	if (!count)
		return 0;
	done = size - copy_from_buffer(uk_page_address(first), buffer, size);
	*faulted = done < size;
	end = ALIGN_UP(done, UK_PAGE_SIZE);
	memset((char *)uk_page_address(first) + done, 0, end - done);
	if (end < size)
		ramfs_drop(node, index + (end >> UK_PAGE_SHIFT), index + count);
	return done;
}

static ssize_t ramfs_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	struct uk_vnode *vnode = file->vnode;
	struct ramfs_node *node = ramfs_node(vnode);
	u64 position = (u64)offset;
	size_t done = 0;
	int error = 0;

	if (!length)
		return 0;
	if (vnode->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	if (offset == INT64_MAX)
		return -EFBIG;
	length = MIN(length, (u64)INT64_MAX - position);
	while (done < length) {
		u64 index = position >> UK_PAGE_SHIFT;
		size_t inner = position & ~UK_PAGE_MASK, part = length - done, left;
		uk_paddr_t page, first;
		bool fresh, faulted = false;

		/* As Linux, which checks the seal at each page. */
		if (vnode->seals & F_SEAL_GROW)
			part = MIN(part, UK_PAGE_SIZE - inner);
		if (inner + part <= UK_PAGE_SIZE) {
			page = page_tree_find(&node->pages, index);
		} else {
			part = find_run(node, position, part, &first);
			page = first;
		}
		if (page <= PAGE_HOLE && !inner && length - done >= 2 * UK_PAGE_SIZE &&
		    !(vnode->seals & F_SEAL_GROW)) {
			left = write_holes(node, index, (const char *)buffer + done, length - done,
					   &faulted);
			done += left;
			position += left;
			error = faulted ? -EFAULT : 0;
			if (faulted)
				break;
			if (left)
				continue;
		}
		if (page <= PAGE_HOLE)
			part = MIN(part, UK_PAGE_SIZE - inner);
		fresh = part == UK_PAGE_SIZE && page <= PAGE_HOLE;
		if (vnode->seals & F_SEAL_GROW && position + part > vnode->size) {
			error = -EPERM;
			break;
		}
		if (page <= PAGE_HOLE)
			error = ramfs_own_page(node, index, fresh, &page);
		if (error)
			break;
		left = write_page(node, index, uk_page_address(page), inner,
				  (const char *)buffer + done, part, fresh);
		done += part - left;
		position += part - left;
		if (left) {
			error = -EFAULT;
			break;
		}
	}
	if (!done)
		return error;
	if (position > vnode->size)
		vnode->size = position;
	vnode->mtime = vnode->ctime = uk_vnode_now();
	return (ssize_t)done;
}

static int ramfs_page(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame)
{
	struct ramfs_node *node = ramfs_node(vnode);
	u64 start = index << UK_PAGE_SHIFT;
	const char *borrowed = node->borrowed + start;
	int error;

	if (index >= (vnode->size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT)
		return -ENXIO;
	if (!for_write && page_tree_find(&node->pages, index) == 0 &&
	    start + UK_PAGE_SIZE <= node->borrowed_size &&
	    IS_ALIGNED((uintptr_t)borrowed, UK_PAGE_SIZE)) {
		*frame = uk_page_from_address(borrowed);
	} else {
		error = ramfs_own_page(node, index, false, frame);
		if (error)
			return error;
	}
	uk_page_get(*frame);
	return 0;
}

static bool ramfs_resident(struct uk_vnode *vnode, u64 index)
{
	return index < (vnode->size + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT &&
	       !ramfs_is_hole(ramfs_node(vnode), index);
}

static void truncate(struct ramfs_node *node, u64 size)
{
	u64 index = size >> UK_PAGE_SHIFT, slot = page_tree_find(&node->pages, index);
	size_t inner = size & ~UK_PAGE_MASK;

	if (size < node->vnode.size) {
		ramfs_drop(node, index + (inner != 0), UINT64_MAX);
		node->borrowed_size = MIN(node->borrowed_size, size);
		/* What is past the end reads as zero when the file grows again. A borrowed page
		 * that is mapped still shows it. */
		if (inner && slot > PAGE_HOLE)
			memset((char *)uk_page_address(slot) + inner, 0, UK_PAGE_SIZE - inner);
		else if (inner)
			uk_vnode_unmap(&node->vnode, index, index + 1);
	}
	node->vnode.size = size;
}

int ramfs_set_attributes(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes)
{
	if (attributes->valid & UK_ATTRIBUTE_SIZE)
		truncate(ramfs_node(vnode), attributes->size);
	uk_vnode_apply(vnode, attributes);
	return 0;
}

void ramfs_clear(struct ramfs_node *node)
{
	truncate(node, 0);
}

const struct uk_vnode_operations ramfs_file_operations = {
	.setattr = ramfs_set_attributes,
	.page = ramfs_page,
	.resident = ramfs_resident,
	.allocate = ramfs_allocate,
	.seek = ramfs_seek,
};

const struct uk_file_operations ramfs_open_file_operations = {
	.read = ramfs_read,
	.write = ramfs_write,
};
