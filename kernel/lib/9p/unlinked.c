/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Changing the size of an unlinked file. QEMU's server truncates by path, so it cannot do it
 * (ENOENT), but it can still read and write the file. Only this machine has the file open, so it is
 * enough to hide here what is past its end, and to write zeroes there in case it grows again.
 */
#include <uk/errno.h>
#include <uk/string.h>

#include "filesystem.h"

static int write_zeroes(struct ninep_node *node, u32 fid, u64 offset, u64 end)
{
	struct ninep_client *client = ninep_client(&node->vnode);

	memset(client->block, 0, client->data_size);
	while (offset < end) {
		ssize_t written = ninep_write(client, fid, offset, client->block,
					      MIN(end - offset, (u64)client->data_size));

		if (written <= 0)
			return written ? (int)written : -EIO;
		offset += (u64)written;
	}
	return 0;
}

int ninep_resize_unlinked(struct ninep_node *node, u64 size)
{
	u32 fid = ninep_opened_fid(node, true);

	if (fid == NINEP_NO_FID)
		return -ENOENT;
	if (size > node->vnode.size)
		return write_zeroes(node, fid, size - 1, size);
	return write_zeroes(node, fid, size, node->vnode.size);
}
