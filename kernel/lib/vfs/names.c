/* SPDX-License-Identifier: BSD-3-Clause */
/* Creating and removing names: mknod(2), mkdir(2), symlink(2), link(2), unlink(2), rmdir(2). */
#include <uk/errno.h>
#include <uk/notify.h>
#include <uk/paths.h>
#include <uk/permission.h>

#include "names.h"

int names_begin(struct names_place *place, const struct uk_path *start, const char *path)
{
	return uk_path_lookup_parent(start, path, 0, &place->parent, &place->last);
}

int names_find(struct names_place *place, bool create)
{
	return uk_path_lookup_one(&place->parent, &place->last.name, create, &place->dentry);
}

void names_end(struct names_place *place)
{
	if (place->dentry)
		uk_dentry_put(place->dentry);
	uk_path_put(&place->parent);
}

/* Finds the place for a new name: -EEXIST if the name exists. */
static int begin_new(struct names_place *place, const struct uk_path *start, const char *path,
		     bool directory)
{
	int error = names_begin(place, start, path);

	if (error)
		return error;
	place->dentry = NULL;
	if (place->last.kind != UK_LAST_NAME)
		error = -EEXIST;
	if (!error)
		error = names_find(place, true);
	if (!error && place->dentry->vnode)
		error = -EEXIST;
	/* A name followed by a slash must be a directory, so nothing else can be created there. */
	if (!error && place->last.slashes && !directory)
		error = -ENOENT;
	if (!error)
		error = uk_mount_check_write(place->parent.mount);
	if (!error && place->parent.dentry->flags & UK_DENTRY_DELETED)
		error = -ENOENT;
	if (!error)
		error = uk_vnode_permission(place->parent.dentry->vnode,
					    UK_MAY_WRITE | UK_MAY_EXECUTE);
	if (error)
		names_end(place);
	return error;
}

static int end_new(struct names_place *place, int error)
{
	if (!error)
		uk_notify(place->dentry, place->dentry->vnode, UK_NOTIFY_CREATE);
	names_end(place);
	return error;
}

int uk_vfs_mknod_at(const struct uk_path *parent, struct uk_dentry *dentry, u32 mode, u64 rdev)
{
	struct uk_vnode *directory = parent->dentry->vnode;
	const struct uk_vnode_operations *operations = directory->operations;
	bool is_device = (mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK;
	int error = uk_mount_check_write(parent->mount);

	if (error)
		return error;
	if (is_device && !uk_capable(CAP_MKNOD))
		return -EPERM;
	mode &= ~uk_paths_current()->umask;
	if ((mode & S_IFMT) == S_IFREG)
		return operations->create ? operations->create(directory, dentry, mode & S_IALLUGO)
					  : -EPERM;
	return operations->mknod ? operations->mknod(directory, dentry, mode, rdev) : -EPERM;
}

int uk_vfs_mknod(const struct uk_path *start, const char *path, u32 mode, u64 rdev)
{
	struct names_place place;
	int error = begin_new(&place, start, path, false);

	if (error)
		return error;
	return end_new(&place, uk_vfs_mknod_at(&place.parent, place.dentry, mode, rdev));
}

int uk_vfs_mkdir(const struct uk_path *start, const char *path, u32 mode)
{
	struct names_place place;
	struct uk_vnode *directory;
	int error = begin_new(&place, start, path, true);

	if (error)
		return error;
	directory = place.parent.dentry->vnode;
	mode &= (0777 | S_ISVTX) & ~uk_paths_current()->umask;
	return end_new(&place, directory->operations->mkdir
				       ? directory->operations->mkdir(directory, place.dentry, mode)
				       : -EPERM);
}

int uk_vfs_symlink(const char *target, const struct uk_path *start, const char *path)
{
	struct names_place place;
	struct uk_vnode *directory;
	int error = begin_new(&place, start, path, false);

	if (error)
		return error;
	directory = place.parent.dentry->vnode;
	return end_new(&place,
		       directory->operations->symlink
			       ? directory->operations->symlink(directory, place.dentry, target)
			       : -EPERM);
}

int uk_vfs_link(const struct uk_path *from, const struct uk_path *start, const char *path)
{
	struct uk_vnode *vnode = from->dentry->vnode, *directory;
	struct names_place place;
	int error = begin_new(&place, start, path, false);

	if (error)
		return error;
	directory = place.parent.dentry->vnode;
	if (vnode->superblock != directory->superblock || from->mount != place.parent.mount)
		error = -EXDEV;
	else if (uk_vnode_is(vnode, S_IFDIR) || !directory->operations->link)
		error = -EPERM;
	else if (vnode->nlink == 0 && !(vnode->flags & UK_VNODE_LINKABLE))
		error = -ENOENT;
	else
		error = directory->operations->link(directory, place.dentry, vnode);
	if (!error)
		uk_notify(NULL, vnode, UK_NOTIFY_ATTRIB); /* its link count changed */
	return end_new(&place, error);
}

/* Finds the place of a name to remove. */
static int begin_removal(struct names_place *place, const struct uk_path *start, const char *path,
			 bool directory)
{
	int error = names_begin(place, start, path);
	bool is_directory;

	if (error)
		return error;
	place->dentry = NULL;
	switch (place->last.kind) {
	case UK_LAST_NAME:
		error = names_find(place, false);
		break;
	case UK_LAST_DOT:
		error = directory ? -EINVAL : -EISDIR;
		break;
	case UK_LAST_DOTDOT:
		error = directory ? -ENOTEMPTY : -EISDIR;
		break;
	case UK_LAST_ROOT:
		error = directory ? -EBUSY : -EISDIR;
		break;
	}
	if (!error) {
		is_directory = uk_vnode_is(place->dentry->vnode, S_IFDIR);
		error = uk_mount_check_write(place->parent.mount);
		if (!error)
			error = uk_vnode_check_removal(place->parent.dentry->vnode,
						       place->dentry->vnode);
		if (!error && is_directory != directory)
			error = directory ? -ENOTDIR : -EISDIR;
		if (!directory && !is_directory && place->last.slashes)
			error = -ENOTDIR;
		if (!error && place->dentry->flags & UK_DENTRY_MOUNTED)
			error = -EBUSY;
	}
	if (error)
		names_end(place);
	return error;
}

static int end_removal(struct names_place *place, int error)
{
	struct uk_dentry *dentry = place->dentry;

	if (!error) {
		uk_dentry_delete(dentry);
		if (!uk_vnode_is(dentry->vnode, S_IFDIR))
			uk_notify(NULL, dentry->vnode, UK_NOTIFY_ATTRIB);
		vfs_tell_deleted(dentry->vnode);
		uk_notify(dentry, dentry->vnode, UK_NOTIFY_DELETE);
	}
	names_end(place);
	return error;
}

static int remove(const struct uk_path *start, const char *path, bool is_directory)
{
	int (*operation)(struct uk_vnode * directory, struct uk_dentry * dentry);
	struct names_place place;
	struct uk_vnode *directory;
	int error = begin_removal(&place, start, path, is_directory);

	if (error)
		return error;
	directory = place.parent.dentry->vnode;
	operation = is_directory ? directory->operations->rmdir : directory->operations->unlink;
	return end_removal(&place, operation ? operation(directory, place.dentry) : -EPERM);
}

int uk_vfs_unlink(const struct uk_path *start, const char *path)
{
	return remove(start, path, false);
}

int uk_vfs_rmdir(const struct uk_path *start, const char *path)
{
	return remove(start, path, true);
}
