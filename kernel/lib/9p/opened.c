/* SPDX-License-Identifier: BSD-3-Clause */
/* Opened fids of a node, by access. */
#include <uk/errno.h>

#include "filesystem.h"

u32 ninep_opened_fid(const struct ninep_node *node, bool for_write)
{
	const struct ninep_opened *one = &node->opened[for_write ? O_WRONLY : O_RDONLY];

	return one->fid != NINEP_NO_FID ? one->fid : node->opened[O_RDWR].fid;
}

int ninep_acquire_fid(struct ninep_node *node, u32 access, u32 *place)
{
	struct ninep_mount *mount = ninep_mount(&node->vnode);
	struct ninep_opened *opened = &node->opened[access];
	u32 fid;
	int error;

	*place = access;
	if (opened->fid == NINEP_NO_FID && node->opened[O_RDWR].fid != NINEP_NO_FID) {
		opened = &node->opened[O_RDWR];
		*place = O_RDWR;
	}
	if (opened->fid == NINEP_NO_FID) {
		error = ninep_walk_new(mount, node->fid, NULL, &fid, NULL);
		if (error)
			return error;
		error = ninep_open(&mount->client, fid, access | mount->open_flags);
		if (error) {
			ninep_clunk(&mount->client, fid);
			return error;
		}
		opened->fid = fid;
	}
	opened->users++;
	return 0;
}

static void drop(struct ninep_node *node, struct ninep_opened *opened)
{
	if (opened->users || opened->fid == NINEP_NO_FID)
		return;
	ninep_clunk(ninep_client(&node->vnode), opened->fid);
	opened->fid = NINEP_NO_FID;
}

void ninep_release_fid(struct ninep_node *node, u32 place)
{
	node->opened[place].users--;
	/* The host refuses to execute a file that is open for writing (ETXTBSY), and does not free
	 * an unlinked file that is open. */
	if (place != O_RDONLY || node->vnode.nlink == 0)
		drop(node, &node->opened[place]);
}

void ninep_drop_unused_fids(struct ninep_node *node)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(node->opened); i++)
		drop(node, &node->opened[i]);
}
