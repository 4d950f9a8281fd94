/* SPDX-License-Identifier: BSD-3-Clause */
/* Directories. The dentry cache holds their names: each is pinned there as long as it exists. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/permission.h>
#include <uk/string.h>

#include "ramfs.h"

#define ENTRY_SIZE 20 /* how much a name adds to a directory's st_size, as in tmpfs */

static void names_changed(struct uk_vnode *directory, int names, int subdirectories)
{
	directory->size = (u64)((s64)directory->size + names * ENTRY_SIZE);
	directory->nlink = (u32)((int)directory->nlink + subdirectories);
	directory->mtime = directory->ctime = uk_vnode_now();
}

static bool is_directory(const struct uk_vnode *vnode)
{
	return uk_vnode_is(vnode, S_IFDIR);
}

/* Creates a node in the directory, without a name yet. */
static struct ramfs_node *new_node_in(struct uk_vnode *directory, u32 mode, int *error)
{
	struct ramfs_node *node = ramfs_new_node(directory->superblock, mode, error);

	if (node)
		uk_vnode_set_owner(&node->vnode, directory);
	return node;
}

static void add(struct uk_vnode *directory, struct uk_dentry *dentry, struct uk_vnode *vnode)
{
	uk_dentry_pin(dentry, vnode);
	names_changed(directory, 1, is_directory(vnode));
}

static int ramfs_mknod(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode, u64 rdev)
{
	struct ramfs_node *node;
	int error;

	node = new_node_in(directory, mode, &error);
	if (!node)
		return error;
	node->vnode.rdev = rdev;
	add(directory, dentry, &node->vnode);
	return 0;
}

static int ramfs_create(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode)
{
	return ramfs_mknod(directory, dentry, S_IFREG | mode, 0);
}

static int ramfs_mkdir(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode)
{
	return ramfs_mknod(directory, dentry, S_IFDIR | mode, 0);
}

static int ramfs_tmpfile(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode)
{
	struct ramfs_node *node;
	int error;

	node = new_node_in(directory, S_IFREG | mode, &error);
	if (!node)
		return error;
	node->vnode.nlink = 0;
	uk_dentry_set_vnode(dentry, &node->vnode);
	return 0;
}

static int ramfs_symlink(struct uk_vnode *directory, struct uk_dentry *dentry, const char *target)
{
	size_t length = strlen(target);
	struct ramfs_node *node;
	char *text;
	int error;

	node = new_node_in(directory, S_IFLNK | 0777, &error);
	if (!node)
		return error;
	text = length < LINK_INLINE ? node->link_text : uk_malloc(length + 1);
	if (!text) {
		uk_vnode_put(&node->vnode);
		return -ENOSPC;
	}
	memcpy(text, target, length + 1);
	node->vnode.link = text;
	node->vnode.size = length;
	add(directory, dentry, &node->vnode);
	return 0;
}

static int ramfs_link(struct uk_vnode *directory, struct uk_dentry *dentry, struct uk_vnode *vnode)
{
	vnode->nlink++;
	vnode->ctime = uk_vnode_now();
	add(directory, dentry, uk_vnode_get(vnode));
	return 0;
}

static void lose_name(struct uk_vnode *vnode)
{
	vnode->nlink = is_directory(vnode) ? 0 : vnode->nlink - 1;
	vnode->ctime = uk_vnode_now();
}

static int ramfs_unlink(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	lose_name(dentry->vnode);
	names_changed(directory, -1, 0);
	return 0;
}

static int ramfs_rmdir(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	if (dentry->first_child)
		return -ENOTEMPTY;
	lose_name(dentry->vnode);
	names_changed(directory, -1, -1);
	return 0;
}

static int ramfs_rename(struct uk_vnode *old_directory, struct uk_dentry *old_dentry,
			struct uk_vnode *new_directory, struct uk_dentry *new_dentry, u32 flags)
{
	struct uk_vnode *moved = old_dentry->vnode, *other = new_dentry->vnode;
	bool exchange = flags & RENAME_EXCHANGE;
	int from = is_directory(moved), to = other && is_directory(other);

	if (other && !exchange) {
		if (to && new_dentry->first_child)
			return -ENOTEMPTY;
		lose_name(other);
		names_changed(new_directory, -1, -to);
	}
	if (exchange) {
		other->ctime = uk_vnode_now();
		names_changed(old_directory, 0, to - from);
		names_changed(new_directory, 0, from - to);
	} else {
		names_changed(old_directory, -1, -from);
		names_changed(new_directory, 1, from);
	}
	moved->ctime = uk_vnode_now();
	return 0;
}

/* The child following offset. The position of the last listing is remembered with a reference. */
static const struct uk_dentry *child_behind(struct uk_file *file)
{
	const struct uk_dentry *directory = file->path.dentry, *child = file->data;

	if (child && child->flags & UK_DENTRY_PINNED && child->parent == directory &&
	    (s64)child->cookie + 2 == file->offset)
		return child->next;
	child = directory->first_child;
	while (child && (s64)child->cookie + 2 <= file->offset)
		child = child->next;
	return child;
}

static void remember(struct uk_file *file, struct uk_dentry *child)
{
	if (file->data)
		uk_dentry_put(file->data);
	file->data = child ? uk_dentry_get(child) : NULL;
}

static int ramfs_list(struct uk_file *file, struct uk_listing *listing)
{
	const struct uk_dentry *child, *last = NULL;

	if (!uk_listing_add_dots(file, listing))
		return 0;
	for (child = child_behind(file); child; child = child->next) {
		if (!uk_listing_add(listing, child->name, child->name_length, child->vnode->ino,
				    child->vnode->mode, (s64)child->cookie + 2))
			break;
		file->offset = (s64)child->cookie + 2;
		last = child;
	}
	if (last)
		remember(file, (struct uk_dentry *)last);
	return 0;
}

static void release_directory(struct uk_file *file)
{
	remember(file, NULL);
}

const struct uk_vnode_operations ramfs_directory_operations = {
	.create = ramfs_create,
	.mkdir = ramfs_mkdir,
	.mknod = ramfs_mknod,
	.symlink = ramfs_symlink,
	.tmpfile = ramfs_tmpfile,
	.link = ramfs_link,
	.unlink = ramfs_unlink,
	.rmdir = ramfs_rmdir,
	.rename = ramfs_rename,
};

const struct uk_file_operations ramfs_open_directory_operations = {
	.list = ramfs_list,
	.release = release_directory,
};
