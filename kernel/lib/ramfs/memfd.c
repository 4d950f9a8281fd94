/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory files, of memfd_create(2) and behind shared mappings: files of a tmpfs that is not mounted
 * anywhere. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "ramfs.h"

static struct uk_superblock *nowhere;

static int memory_file_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "/%s (deleted)", (const char *)file->data);
}

static void memory_file_release(struct uk_file *file)
{
	uk_free(file->data);
}

/* Takes over the name. NULL and *error without memory. */
static struct uk_file *new_file(char *name, u32 mode, int *error)
{
	static struct uk_file_operations operations;
	struct ramfs_node *node = NULL;
	struct uk_file *file = NULL;

	*error = nowhere ? 0 : uk_ramfs_new(NULL, TMPFS_MAGIC, false, "", &nowhere);
	if (!*error && !name)
		*error = -ENOMEM;
	if (!*error)
		node = ramfs_new_node(nowhere, S_IFREG | mode, error);
	if (node) {
		operations = ramfs_open_file_operations;
		operations.name = memory_file_name;
		operations.release = memory_file_release;
		node->vnode.nlink = 0;
		file = uk_file_new(&node->vnode, &operations, O_RDWR | O_LARGEFILE, error);
	}
	if (!file) {
		uk_free(name);
		return NULL;
	}
	file->mode |= UK_FILE_SEEK;
	file->data = name;
	return file;
}

struct uk_file *uk_ramfs_new_memfd(const char *name, u32 flags, int *error)
{
	size_t size = strlen("memfd:") + strlen(name) + 1;
	char *copy = uk_malloc(size);
	struct uk_file *file;

	if (copy)
		uk_snprintf(copy, size, "memfd:%s", name);
	file = new_file(copy, flags & MFD_NOEXEC_SEAL ? 0666 : 0777, error);
	if (!file)
		return NULL;
	file->vnode->flags |= UK_VNODE_SEALABLE;
	if (!(flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)))
		file->vnode->seals = F_SEAL_SEAL;
	else if (flags & MFD_NOEXEC_SEAL)
		file->vnode->seals = F_SEAL_EXEC;
	return file;
}

struct uk_file *uk_ramfs_new_shared_memory(const char *name, size_t size, int *error)
{
	char *copy = uk_malloc(strlen(name) + 1);
	struct uk_file *file;

	if (copy)
		memcpy(copy, name, strlen(name) + 1);
	file = new_file(copy, 0777, error);
	if (file)
		file->vnode->size = size;
	return file;
}
