/* SPDX-License-Identifier: BSD-3-Clause */
/* Regular files: open, read, write, fsync. */
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "filesystem.h"

/* Attributes that a lookup has just fetched are not fetched again. */
#define JUST_NOW_NS 1000000UL

static int open_file(struct uk_vnode *vnode, struct uk_file *file)
{
	const struct ninep_mount *mount = ninep_mount(vnode);
	struct ninep_node *node = ninep_node(vnode);
	u32 access = file->flags & O_ACCMODE;
	int error;

	/* A program that opens a file sees what others wrote before they closed it. */
	error = ninep_refresh(node,
			      mount->loose ? mount->lifetime : MIN(mount->lifetime, JUST_NOW_NS));
	if (error)
		return error;
	/* The fourth mode, 3, allows neither. */
	return ninep_acquire_fid(node, access == O_ACCMODE ? O_RDONLY : access, &file->number);
}

static void release_file(struct uk_file *file)
{
	struct ninep_node *node = ninep_node(file->vnode);

	if (file->number != O_RDONLY)
		ninep_write_back(node);
	ninep_release_fid(node, file->number);
	ninep_close_pages(node);
}

static ssize_t read_file(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct ninep_node *node = ninep_node(file->vnode);
	struct ninep_client *client = ninep_client(file->vnode);
	u32 fid = node->opened[file->number].fid;
	size_t done = 0;
	int error = ninep_write_back(node);

	/* Read nothing past the known end of the file: a server that cannot truncate an unlinked
	 * file still has the data that were cut off (unlinked.c). */
	if (!error && (u64)offset + length > file->vnode->size)
		error = ninep_refresh(node, ninep_mount(file->vnode)->lifetime);
	if (error)
		return error;
	if (node->checked && (u64)offset >= file->vnode->size)
		return 0;
	if (file->vnode->nlink == 0)
		length = MIN(length, file->vnode->size - (u64)offset);
	while (done < length) {
		size_t part = MIN(length - done, (size_t)client->data_size), left;
		ssize_t got = ninep_read(client, fid, (u64)offset + done, client->block, part);

		if (got < 0)
			return done ? (ssize_t)done : got;
		left = copy_to_buffer((char *)buffer + done, client->block, (size_t)got);
		done += (size_t)got - left;
		if (left)
			return done ? (ssize_t)done : -EFAULT;
		if ((size_t)got < part)
			break;
	}
	return (ssize_t)done;
}

/* Sends one request; *copied is the number of bytes that could be read of the program's memory. */
static ssize_t write_part(struct uk_file *file, const char *buffer, size_t part, u64 offset,
			  size_t *copied)
{
	struct ninep_node *node = ninep_node(file->vnode);
	struct ninep_client *client = ninep_client(file->vnode);
	char *data = client->block + NINEP_WRITE_HEADER;
	ssize_t written;

	*copied = part - copy_from_buffer(data, buffer, part);
	if (!*copied)
		return -EFAULT;
	written = ninep_write_block(client, node->opened[file->number].fid, offset, *copied);
	if (written > 0) {
		ninep_update_pages(node, data, (size_t)written, offset);
		file->vnode->size = MAX(file->vnode->size, offset + (u64)written);
		ninep_changed(file->vnode);
	}
	return written;
}

static ssize_t write_file(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	struct ninep_client *client = ninep_client(file->vnode);
	size_t done = 0, copied, most = client->data_size - NINEP_WRITE_HEADER;

	int stale = ninep_clear_stale(ninep_node(file->vnode), (u64)offset);

	if (stale)
		return stale;
	/* Whole pages, if the header leaves room for at least one. */
	if (most > UK_PAGE_SIZE)
		most = ALIGN_DOWN(most, UK_PAGE_SIZE);
	while (done < length) {
		size_t part = MIN(length - done, most);
		ssize_t written = write_part(file, (const char *)buffer + done, part,
					     (u64)offset + done, &copied);

		if (written < 0)
			return done ? (ssize_t)done : written;
		done += (size_t)written;
		if ((size_t)written < part)
			break;
	}
	if (done && file->flags & O_DSYNC) {
		int error = ninep_fsync(client, ninep_node(file->vnode)->opened[file->number].fid,
					(file->flags & O_SYNC) != O_SYNC);

		if (error)
			return error;
	}
	return (ssize_t)done;
}

static int sync_file(struct uk_vnode *vnode, bool data_only)
{
	struct ninep_node *node = ninep_node(vnode);
	u32 fid = ninep_opened_fid(node, true);
	int error = ninep_write_back(node);

	if (fid == NINEP_NO_FID)
		fid = ninep_opened_fid(node, false);
	if (error || fid == NINEP_NO_FID)
		return error;
	return ninep_fsync(ninep_client(vnode), fid, data_only);
}

const struct uk_vnode_operations ninep_file_operations = {
	.getattr = ninep_getattr_vnode,
	.setattr = ninep_setattr_vnode,
	.open = open_file,
	.page = ninep_page,
	.resident = ninep_page_is_resident,
	.sync = sync_file,
	.lock = ninep_lock_vnode,
	.get_lock = ninep_get_lock_vnode,
};

const struct uk_file_operations ninep_open_file_operations = {
	.read = read_file,
	.write = write_file,
	.release = release_file,
};
