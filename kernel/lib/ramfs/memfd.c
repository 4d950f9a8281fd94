/* SPDX-License-Identifier: BSD-3-Clause */
/* memfd_create(2): files of a tmpfs that is not mounted anywhere. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "ramfs.h"

static struct uk_superblock *nowhere;

static int memfd_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "/memfd:%s (deleted)", (const char *)file->data);
}

static void memfd_release(struct uk_file *file)
{
	uk_free(file->data);
}

struct uk_file *uk_ramfs_new_memfd(const char *name, u32 flags, int *error)
{
	static struct uk_file_operations operations;
	u32 mode = S_IFREG | (flags & MFD_NOEXEC_SEAL ? 0666 : 0777);
	size_t size = strlen(name) + 1;
	struct ramfs_node *node;
	struct uk_file *file;
	char *copy;

	*error = nowhere ? 0 : uk_ramfs_new(NULL, TMPFS_MAGIC, false, "", &nowhere);
	if (*error)
		return NULL;
	operations = ramfs_open_file_operations;
	operations.name = memfd_name;
	operations.release = memfd_release;
	copy = uk_malloc(size);
	node = copy ? ramfs_new_node(nowhere, mode, error) : NULL;
	if (!node) {
		uk_free(copy);
		*error = -ENOMEM;
		return NULL;
	}
	memcpy(copy, name, size);
	node->vnode.nlink = 0;
	node->vnode.flags |= UK_VNODE_SEALABLE;
	if (!(flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)))
		node->vnode.seals = F_SEAL_SEAL;
	else if (flags & MFD_NOEXEC_SEAL)
		node->vnode.seals = F_SEAL_EXEC;
	file = uk_file_new(&node->vnode, &operations, O_RDWR | O_LARGEFILE, error);
	if (!file) {
		uk_free(copy);
		return NULL;
	}
	file->mode |= UK_FILE_SEEK;
	file->data = copy;
	return file;
}
