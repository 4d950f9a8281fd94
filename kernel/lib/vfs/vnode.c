/* SPDX-License-Identifier: BSD-3-Clause */
/* Vnodes, and the file system of vnodes without a name. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/permission.h>
#include <uk/string.h>

#include "vfs.h"

void (*uk_vnode_unmap_mappings)(struct uk_vnode *vnode, u64 first, u64 end);

void uk_vnode_init(struct uk_vnode *vnode, struct uk_superblock *superblock,
		   const struct uk_vnode_operations *operations,
		   const struct uk_file_operations *file_operations, u64 ino, u32 mode)
{
	s64 now = uk_vnode_now();

	*vnode = (struct uk_vnode){
		.operations = operations,
		.file_operations = file_operations,
		.superblock = superblock,
		.ino = ino,
		.references = 1,
		.mode = mode,
		.nlink = 1,
		.atime = now,
		.mtime = now,
		.ctime = now,
		.btime = now,
	};
}

void uk_vnode_free(struct uk_vnode *vnode)
{
	vnode->superblock->operations->free_vnode(vnode);
}

void uk_vnode_apply(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes)
{
	u32 valid = attributes->valid;

	if (valid & UK_ATTRIBUTE_MODE)
		vnode->mode = (vnode->mode & S_IFMT) | (attributes->mode & S_IALLUGO);
	if (valid & UK_ATTRIBUTE_UID)
		vnode->uid = attributes->uid;
	if (valid & UK_ATTRIBUTE_GID)
		vnode->gid = attributes->gid;
	if (valid & UK_ATTRIBUTE_ATIME)
		vnode->atime = attributes->atime;
	if (valid & UK_ATTRIBUTE_MTIME)
		vnode->mtime = attributes->mtime;
	if (valid & UK_ATTRIBUTE_CTIME)
		vnode->ctime = attributes->ctime;
}

static void free_anonymous(struct uk_vnode *vnode)
{
	uk_free(vnode);
}

static int anonymous_statfs(struct uk_superblock *superblock, struct statfs *status)
{
	return 0;
}

static struct uk_superblock anonymous;
struct uk_mount vfs_anonymous_mount = {.superblock = &anonymous, .references = 1};

struct uk_vnode *uk_vnode_new_anonymous(u32 mode)
{
	static const struct uk_superblock_operations superblock_operations = {
		.free_vnode = free_anonymous,
		.statfs = anonymous_statfs,
	};
	static const struct uk_vnode_operations operations;
	struct uk_vnode *vnode = uk_malloc(sizeof(*vnode));

	if (!vnode)
		return NULL;
	if (!anonymous.operations) {
		uk_superblock_init(&anonymous, NULL, &superblock_operations, PIPEFS_MAGIC);
		anonymous.last_ino = 3; /* lower numbers are the program's streams */
	}
	uk_vnode_init(vnode, &anonymous, &operations, NULL, uk_superblock_next_ino(&anonymous),
		      mode);
	uk_vnode_set_owner(vnode, NULL);
	return vnode;
}

int uk_file_place(const struct uk_file *file, struct uk_path *path)
{
	*path = file->path;
	if (!path->mount) {
		path->mount = &vfs_anonymous_mount;
		path->dentry =
			uk_dentry_new_root(file->vnode->superblock, uk_vnode_get(file->vnode));
		if (!path->dentry)
			return -ENOMEM;
		uk_mount_get(path->mount);
		return 0;
	}
	uk_path_get(path);
	return 0;
}
