/* SPDX-License-Identifier: BSD-3-Clause */
/* From a dentry to its path: getcwd(2), /proc/self/fd. */
#include <uk/string.h>

#include "vfs.h"

char *uk_path_text(const struct uk_path *path, const struct uk_path *root, char *buffer,
		   size_t size, bool *reachable, bool *deleted)
{
	const struct uk_dentry *dentry = path->dentry;
	const struct uk_mount *mount = path->mount;
	char *text = buffer + size - 1;

	if (deleted)
		*deleted = dentry->flags & UK_DENTRY_DELETED;
	*text = '\0';
	while (dentry != root->dentry || mount != root->mount) {
		if (dentry == mount->root || dentry == dentry->parent) {
			if (!mount->parent)
				break;
			dentry = mount->mountpoint;
			mount = mount->parent;
			continue;
		}
		if ((size_t)(text - buffer) < dentry->name_length + 1u)
			return NULL;
		text -= dentry->name_length;
		memcpy(text, dentry->name, dentry->name_length);
		*--text = '/';
		dentry = dentry->parent;
	}
	if (reachable)
		*reachable = dentry == root->dentry && mount == root->mount;
	if (*text)
		return text;
	if (text == buffer)
		return NULL;
	*--text = '/';
	return text;
}
