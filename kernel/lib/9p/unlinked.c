/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changing the size of an unlinked file. QEMU's server truncates by path, so it cannot do it
 * (ENOENT), but it can still read and write the file. Only this machine has the file open, so it is
 * enough to hide here what is past its end: up to node->stale_end, the server still has old data.
 * They are replaced by zeroes only if the file grows over them, and only where they are not zero,
 * so that the holes of a sparse file stay.
 */
#include <uk/errno.h>
#include <uk/string.h>

#include "filesystem.h"

static bool is_zero(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

static int write_zeroes(struct ninep_node *node, u32 fid, u64 offset, size_t size)
{
	struct ninep_client *client = ninep_client(&node->vnode);

	memset(client->block, 0, size);
	for (size_t done = 0; done < size;) {
		ssize_t written =
			ninep_write(client, fid, offset + done, client->block, size - done);

		if (written <= 0)
			return written ? (int)written : -EIO;
		done += (size_t)written;
	}
	return 0;
}

/* Makes [offset, end) read as zeroes. A file that is open for writing only cannot be looked at. */
static int clear(struct ninep_node *node, u32 fid, u64 offset, u64 end)
{
	struct ninep_client *client = ninep_client(&node->vnode);
	u32 reader = ninep_opened_fid(node, false);

	while (offset < end) {
		size_t size = MIN(end - offset, (u64)client->data_size);
		ssize_t got = (ssize_t)size;
		bool is_clear = false;

		if (reader != NINEP_NO_FID) {
			got = ninep_read(client, reader, offset, client->block, size);
			if (got <= 0)
				return (int)got; /* 0: the server's file ends here */
			is_clear = is_zero(client->block, (size_t)got);
		}
		if (!is_clear) {
			int error = write_zeroes(node, fid, offset, (size_t)got);

			if (error)
				return error;
		}
		offset += (u64)got;
	}
	return 0;
}

int ninep_clear_stale(struct ninep_node *node, u64 end)
{
	u64 size = node->vnode.size;
	u32 fid;
	int error;

	if (likely(node->stale_end <= size))
		return 0;
	fid = ninep_opened_fid(node, true);
	if (fid == NINEP_NO_FID)
		return -EBADF;
	error = clear(node, fid, size, MIN(end, node->stale_end));
	if (!error && end >= node->stale_end)
		node->stale_end = 0;
	return error;
}

int ninep_resize_unlinked(struct ninep_node *node, u64 size)
{
	u32 fid = ninep_opened_fid(node, true);
	int error;

	if (fid == NINEP_NO_FID)
		return -ENOENT;
	if (size <= node->vnode.size) {
		node->stale_end = MAX(node->stale_end, node->vnode.size);
		return 0;
	}
	error = ninep_clear_stale(node, size);
	if (error || node->stale_end)
		return error;
	return write_zeroes(node, fid, size - 1, 1);
}
